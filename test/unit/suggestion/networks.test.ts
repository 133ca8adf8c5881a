import { expect, test } from "vitest";
import { lineOf, networkPrefix } from "../../../src/domain/suggestion/networks.ts";

test.each([
  ["203.0.113.7", "4:203.0.113"],
  [" 203.0.113.250 ", "4:203.0.113"],
  ["2a02:8108:1::7", "6:2a0281080001"],
  ["2A02:8108:0001:ffff:0:0:0:1", "6:2a0281080001"],
  ["2a02::1", "6:2a0200000000"],
  ["::ffff:203.0.113.9", "4:203.0.113"],
  ["::ffff:cb00:7109", "4:203.0.113"],
])("%s is seen at %s", (address, prefix) => {
  expect(networkPrefix(address)).toBe(prefix);
});

test.each([
  ["", "nothing"],
  ["10.1.2.3", "a private range"],
  ["172.16.0.1", "a private range"],
  ["172.31.255.255", "a private range"],
  ["192.168.178.20", "a private range"],
  ["100.64.0.1", "what carriers share"],
  ["127.0.0.1", "this machine"],
  ["169.254.10.10", "a link"],
  ["224.0.0.1", "many at once"],
  ["::1", "this machine"],
  ["::ffff:192.168.0.1", "a private range"],
  ["fd00::1", "a private range"],
  ["fe80::1", "a link"],
  ["ff02::1", "many at once"],
  ["2001:0:4136:e378:8000:63bf:3fff:fdd2", "a tunnel"],
  ["2002:cb00:7107::1", "a tunnel"],
  ["64:ff9b::cb00:7107", "a translation"],
  ["203.0.113", "no address"],
  ["203.0.113.256", "no address"],
  ["2a02:8108:1", "no address"],
  ["2a02::8108::1", "no address"],
  ["2a02:8108:1:2:3:4:5:6:7", "no address"],
  ["2a02:g::1", "no address"],
  ["203.0.113.7, 10.0.0.1", "no address"],
  ["a".repeat(4000), "no address"],
])("%s names no place: %s", (address) => {
  expect(networkPrefix(address)).toBeNull();
});

test("neighbours in one network are seen at the same, and those of the next are not", () => {
  expect(networkPrefix("198.51.100.1")).toBe(networkPrefix("198.51.100.200"));
  expect(networkPrefix("198.51.100.1")).not.toBe(networkPrefix("198.51.101.1"));
  expect(networkPrefix("2a02:8108:1:aa::1")).toBe(networkPrefix("2a02:8108:1:bb::1"));
  expect(networkPrefix("2a02:8108:1::1")).not.toBe(networkPrefix("2a02:8108:2::1"));
});

test("calls are counted by line: all addresses of a /64 are one, and every address of IPv4 is its own", () => {
  const line = lineOf("2a02:8108:1:7::1");
  expect(lineOf("2A02:8108:0001:0007:ffff:ffff:ffff:ffff")).toBe(line);
  expect(lineOf("2a02:8108:1:8::1")).not.toBe(line);
  expect(lineOf("2a02:8108:1::7")).not.toBe(line);
  expect(lineOf("203.0.113.7")).not.toBe(lineOf("203.0.113.8"));
  expect(lineOf("::ffff:203.0.113.7")).not.toBe(lineOf("::ffff:203.0.113.8"));
  for (const odd of ["", "::", ":", "1:2:3", `${"f:".repeat(500)}`]) expect(lineOf(odd)).toBe(odd);
});
