// Verifies recorded webhooks with the Standard Webhooks SDK for JavaScript.
// Usage: node verify_webhooks.mjs SEEN.jsonl SECRET; prints how many hold, fails when one does not,
// or when one that was changed holds.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(process.env.JUDGES_NODE + "/");
const { Webhook } = require("standardwebhooks");
const [, , seen, secret] = process.argv;
const hook = new Webhook(secret);
let held = 0;
for (const line of readFileSync(seen, "utf8").trim().split("\n")) {
  const { body, headers } = JSON.parse(line);
  hook.verify(body, headers);
  held += 1;
  let forged = false;
  try {
    hook.verify(body.replace('"', "'"), headers);
    forged = true;
  } catch {}
  if (forged) throw new Error("a changed body was verified");
}
console.log(held);
