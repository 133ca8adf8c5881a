import { describe, expect, test } from "vitest";
import { readCampaign, recordIdClaims } from "../../../src/domain/intake/campaign.ts";
import { readPage } from "../../../src/domain/intake/page.ts";

const SITE = "https://www.club.example/";
const arrive = (
  query: string,
  more: Record<string, string> = {},
  campaign?: Record<string, string>,
) => {
  const context = { page: { url: SITE + query, ...more }, ...(campaign ? { campaign } : {}) };
  return readCampaign(context, readPage(context, null));
};
const claims = (query: string) =>
  recordIdClaims(readPage({ page: { url: SITE + query } }, null).params);

describe("A campaign", () => {
  test("is what the utm parameters say", () => {
    const query =
      "?utm_source=nl&utm_medium=email&utm_campaign=June%20news&utm_term=t&utm_content=c&utm_id=7";
    expect(arrive(query)).toEqual({
      source: "nl",
      medium: "email",
      name: "June news",
      term: "t",
      content: "c",
      id: "7",
    });
  });

  test("is what the site says, before what the address says", () => {
    expect(arrive("?utm_source=nl&utm_medium=email", {}, { source: "app" })).toEqual({
      source: "app",
      medium: "email",
    });
  });

  test("holds no e-mail address and no endless text", () => {
    const campaign = arrive(`?utm_content=jane%40example.org&utm_term=${"x".repeat(900)}`);
    expect(campaign?.content).toBe("[email]");
    expect(campaign?.term).toHaveLength(200);
  });

  test("takes a vendor's campaign id", () => {
    expect(arrive("?mc_cid=c1")).toEqual({ id: "c1", source: "mailchimp", medium: "email" });
    expect(arrive("?hsa_cam=9&hsa_grp=8")).toEqual({ id: "9" });
  });

  test.each([
    ["?gclid=zz", { vendor: "google", param: "gclid", id: "zz" }],
    ["?fbclid=yy&igshid=a", { vendor: "meta", param: "fbclid", id: "yy" }],
    ["?fbclid=yy&gclid=zz", { vendor: "meta", param: "fbclid", id: "yy" }],
    ["?igsh=a&msclkid=b", { vendor: "microsoft", param: "msclkid", id: "b" }],
    ["?sccid=a", { vendor: "snapchat", param: "ScCid", id: "a" }],
    ["?dm_i=a", { vendor: "dotdigital", param: "dm_i", id: "a" }],
    ["?li_fat_id=a", { vendor: "linkedin", param: "li_fat_id", id: "a" }],
  ])("with %s was clicked at that vendor", (query, click) => {
    expect(arrive(query)?.click).toEqual(click);
  });

  test.each([
    ["https://www.google.co.uk/search?q=x", { source: "google.co.uk", medium: "organic" }],
    ["https://de.search.yahoo.com/", { source: "de.search.yahoo.com", medium: "organic" }],
    ["https://l.facebook.com/l.php?u=x", { source: "l.facebook.com", medium: "social" }],
    ["https://t.co/abc", { source: "t.co", medium: "social" }],
    ["https://blog.example/post", { source: "blog.example", medium: "referral" }],
    ["https://notgoogle.example/", { source: "notgoogle.example", medium: "referral" }],
    ["https://www.paypal.com/checkout", null],
    ["https://shop.club.example/cart", null],
    ["https://club.example/", null],
  ])("is else the site that led here: %s", (referrer, campaign) => {
    expect(arrive("", { referrer })).toEqual(campaign);
  });

  test("sites below one public suffix are not one site", () => {
    const page = { url: "https://www.club.co.uk/", referrer: "https://www.rival.co.uk/" };
    expect(readCampaign({ page }, readPage({ page }, null))?.source).toBe("rival.co.uk");
  });

  test("takes a click from the event's own properties when the address has none", () => {
    const context = { page: { url: SITE } };
    const read = readPage(context, null);
    expect(readCampaign(context, read, { gclid: "own", total: 9 })).toEqual({
      click: { vendor: "google", param: "gclid", id: "own" },
    });
    const led = { page: { url: `${SITE}?msclkid=led` } };
    expect(readCampaign(led, readPage(led, null), { gclid: "own" })?.click?.id).toBe("led");
  });

  test("is nothing for a visit of its own accord", () => {
    expect(arrive("?page=2")).toBeNull();
  });
});

describe("A record id on the address", () => {
  test.each([
    ["?mc_eid=a1b2", [{ kind: "esp:mailchimp", value: "a1b2", assurance: "hinted" }]],
    ["?_kx=a%20b", [{ kind: "esp:klaviyo", value: "a b", assurance: "hinted" }]],
    ["?mc_eid=", []],
    ["?mc_eid=undefined", []],
    ["?mc_cid=c1", []],
    ["?_ga=1.2", []],
    ["?__hsfp=123", []],
    [`?mc_eid=${"x".repeat(600)}`, []],
  ])("%s is only ever a hint at who came", (query, expected) => {
    expect(claims(query)).toEqual(expected);
  });
});
