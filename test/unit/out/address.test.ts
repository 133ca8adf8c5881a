import { expect, test } from "vitest";
import { addressFault } from "../../../src/out/address.ts";

test.each([
  "https://crm.example.org/hooks/usher?x=1",
  "https://hooks.example.com",
  "https://xn--bcher-kva.example/a",
])("%s may be sent to", (url) => {
  expect(addressFault(url)).toBeNull();
});

test.each([
  "http://crm.example.org/",
  "ftp://crm.example.org/",
  "javascript:alert(1)",
  "crm.example.org",
  "https://user:secret@crm.example.org/",
  "https://crm.example.org:8443/",
  "https://127.0.0.1/",
  "https://127.1/",
  "https://0x7f.0.0.1/",
  "https://2130706433/",
  "https://017700000001/",
  "https://169.254.169.254/latest/meta-data",
  "https://10.0.0.1/",
  "https://8.8.8.8/",
  "https://[::1]/",
  "https://[::ffff:10.0.0.1]/",
  "https://[fd00::1]/",
  "https://localhost/",
  "https://localhost./",
  "https://localhost../",
  "https://printer.local.../",
  "https://ⓛocalhost/",
  "https://localhost。/",
  "https://127.0.0.1./",
  "https://0/",
  "https://[::ffff:7f00:1]/",
  "https://[64:ff9b::a00:1]/",
  "https://[fe80::1]/",
  "https:\\\\10.0.0.1\\",
  "https:10.0.0.1",
  "https://\t10.0.0.1/",
  "https://crm.example.org@10.0.0.1/",
  "https://LOCALHOST/",
  "https://db.internal/",
  "https://printer.local/",
  "https://intranet/",
  "https://router.home.arpa/",
  "https://①②⑦.0.0.1/",
])("%s is turned away", (url) => {
  expect(addressFault(url)).not.toBeNull();
});
