export function OrganizationName({ name }: { name: string }) {
  return (
    <bdi title={name} className="block max-w-44 truncate">
      {name}
    </bdi>
  );
}
