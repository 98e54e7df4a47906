// An OpenID Connect provider: npm's `oidc-provider` with its forms for development.
// Usage: JUDGES_NODE=FOLDER node oidc_provider.mjs CLIENT_ID CLIENT_SECRET REDIRECT_URI [userinfo]
// Listens on a free port of 127.0.0.1 and prints {"issuer": ...}. It knows one client, which must
// use PKCE. Whoever signs in as NAME, with any password, is NAME@example.com; the address is
// verified unless NAME begins with `unverified`. With `userinfo` the mail address stands in the
// userinfo answer alone, as the standard has it when an access token is given out; without it, in
// the id token as well. The redirect URI's port does not matter if its host is 127.0.0.1.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(process.env.JUDGES_NODE + "/");
const { Provider } = await import(pathToFileURL(require.resolve("oidc-provider")));
// It warns that it is set up for development, which it is.
console.warn = () => {};
const [, , client, secret, redirect, where] = process.argv;

function key(type, options, alg) {
  const { privateKey } = generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: "jwk" }), use: "sig", alg };
}

const configuration = {
  clients: [
    {
      client_id: client,
      client_secret: secret,
      redirect_uris: [redirect],
      response_types: ["code"],
      grant_types: ["authorization_code"],
      token_endpoint_auth_method: "client_secret_basic",
      // A native client's loopback address fits whatever its port: a server that takes a free port
      // can be started after its provider.
      application_type: new URL(redirect).hostname === "127.0.0.1" ? "native" : "web",
    },
  ],
  pkce: { required: () => true },
  scopes: ["openid", "email", "profile"],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  conformIdTokenClaims: where === "userinfo",
  findAccount: (_, name) => ({
    accountId: name,
    claims: () => ({
      sub: name,
      name,
      email: `${name}@example.com`,
      email_verified: !name.startsWith("unverified"),
    }),
  }),
  // Its own keys would be those of every development server.
  jwks: { keys: [key("rsa", { modulusLength: 2048 }, "RS256")] },
  cookies: { keys: [randomBytes(32).toString("hex")] },
  features: { devInteractions: { enabled: true } },
};

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, configuration);
  provider.on("server_error", (_, error) => console.error(error));
  provider.on("authorization.error", (_, error) => console.error(error.message));
  provider.on("grant.error", (_, error) => console.error(error.message, error.error_detail));
  server.on("request", provider.callback());
  console.log(JSON.stringify({ issuer }));
});
