export { createApiKey, listApiKeys, revokeApiKey, type ApiKey, type NewApiKey } from "./api-keys";
export { hashPassword, verifyPassword } from "./password";
export {
  authenticateAdmin,
  authenticateSession,
  authenticateUser,
  findSignedIn,
  reauthenticateAdmin,
  requireAdmin,
  type Principal,
} from "./principal";
export { cookieName, isServedOverTls, sessionSeconds } from "./session-cookie";
export { signIn } from "./sign-in";
