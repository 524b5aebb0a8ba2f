export const basePath = "/settings/administration/system-backup";
