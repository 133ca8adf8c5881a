/** Variables and secrets the Worker gets in tests. Random enough to be distinct, fixed so that failures repeat. */
export const testBindings = {
  USHER_ENV: "development",
  WRITE_KEY: "test-write-key",
  SITE_ORIGINS: "http://localhost:8787,https://www.example.org",
  SITE_NAME: "Test club",
  JURISDICTION: "",
  COOKIE_KEYS:
    "k2:bmV3ZXN0LWNvb2tpZS1rZXktZm9yLXRlc3RzLTAwMDI=,k1:b2xkZXItY29va2llLWtleS1mb3ItdGVzdHMtLTAwMDE=",
  TOKEN_KEYS: "t1:dG9rZW4ta2V5LWZvci10ZXN0cy0wMDAwMDAwMDAwMDE=",
  IDENTIFIER_KEY: "aWRlbnRpZmllci1rZXktZm9yLXRlc3RzLTAwMDAwMDE=",
  SERVER_KEY: "test-server-key",
  OWNER_TOKEN: "test-owner-token",
  OFFICER_TOKEN: "test-officer-token",
  MARKETER_TOKEN: "test-marketer-token",
};
