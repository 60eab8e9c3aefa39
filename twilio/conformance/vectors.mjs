// Requests signed by npm twilio, each with whether npm twilio's validator
// accepts it. `ours` is set only where this service means to differ, and says why.
import { createRequire } from "node:module";
import { parse } from "node:querystring";

const require = createRequire(import.meta.url);
const { getExpectedTwilioSignature, getExpectedBodyHash, validateRequest, validateRequestWithBody } =
  require("twilio/lib/webhooks/webhooks.js");

const token = "12345abcdeffedcba54321";
const site = "https://line.example.org/twilio/voice";
const voice = "CallSid=CA1234567890abcdef1234567890abcdef&AccountSid=AC00000000000000000000000000000000" +
  "&From=%2B447700900123&To=%2B442079460000&CallStatus=ringing&Direction=inbound&ApiVersion=2010-04-01";
const json = '{"event":"x","v":"é"}';

// signed: the URL that is signed; seen: the URL the service is asked at.
function vector(name, { signed = site, seen = signed, body = voice, seenBody = body, isJSON = false, ours, why }) {
  const params = isJSON ? {} : parse(body);
  const signature = getExpectedTwilioSignature(token, signed, params);
  const node = isJSON
    ? validateRequestWithBody(token, signature, seen, seenBody)
    : validateRequest(token, signature, seen, parse(seenBody));
  return { name, url: seen, body: seenBody, json: isJSON, signature, node, ours: ours ?? node, why };
}

const form = (name, extra, more = {}) => vector(name, { body: voice + extra, ...more });
const at = (name, signed, seen = signed, more = {}) => vector(name, { signed, seen, ...more });
const hash = getExpectedBodyHash(json);

const cases = [
  vector("plain POST with + in From", {}),
  form("unicode value", "&SpeechResult=Jag+%C3%A4r+caf%C3%A9+%E2%98%8E+%F0%9F%98%80&Confidence=0.9"),
  form("empty values", "&CallerName=&FromCity="),
  form("spaces around a value, new line in it", "&Body=+hi%0D%0Athere+"),
  at("query string", site + "?shift=7&x=a%20b"),
  form("case-sensitive order", "&aKey=1&BKey=2&Zed=3&_u=4"),
  form("repeated key, two values", "&Multi=b&Multi=a"),
  form("repeated key, same value", "&Multi=a&Multi=a"),
  form("repeated key, three values, one twice", "&Multi=c&Multi=a&Multi=c"),
  vector("GET, parameters in the URL alone", { signed: site + "?" + voice, body: "" }),
  at("signed without port, seen with :443", site, "https://line.example.org:443/twilio/voice"),
  at("signed with :443, seen without", "https://line.example.org:443/twilio/voice", site),
  at("signed and seen with :8443", "https://line.example.org:8443/twilio/voice"),
  at("signed without port, seen with :8443", site, "https://line.example.org:8443/twilio/voice"),
  at("proxy: signed public https, seen internal http", site, "http://10.0.0.5:8080/twilio/voice"),
  at("proxy: signed https, seen http", site, "http://line.example.org/twilio/voice"),
  at("userinfo signed and seen", "https://user:pass@line.example.org/twilio/voice"),
  at("userinfo signed, seen without", "https://user:pass@line.example.org/twilio/voice", site),
  at("userinfo seen, signed without", site, "https://user:pass@line.example.org/twilio/voice", {
    ours: true, why: "documented: Twilio leaves user:password@ out of what it signs" }),
  at("single quote in query", site + "?name=O'Brien"),
  at("%27 in query", site + "?name=O%27Brien"),
  at("%27 signed, quote seen", site + "?name=O%27Brien", site + "?name=O'Brien"),
  at("quote signed, %27 seen", site + "?name=O'Brien", site + "?name=O%27Brien"),
  at("+ in query", site + "?name=a+b"),
  at("+ signed as %20, seen as +", site + "?name=a%20b", site + "?name=a+b"),
  at("pipe and braces raw in query", site + "?q={a|b}"),
  at("pipe and braces escaped when signed", site + "?q=%7Ba%7Cb%7D", site + "?q={a|b}"),
  at("unicode raw in query", site + "?q=café"),
  at("unicode escaped when signed", site + "?q=caf%C3%A9", site + "?q=café"),
  at("unicode raw in path", "https://line.example.org/twilio/café"),
  at("unicode in path escaped when signed", "https://line.example.org/twilio/caf%C3%A9", "https://line.example.org/twilio/café"),
  at("trailing slash", site + "/"),
  at("trailing slash lost", site + "/", site),
  at("upper-case host", "https://LINE.example.org/twilio/voice"),
  at("lower-case host signed, upper-case seen", site, "https://LINE.example.org/twilio/voice"),
  at("fragment seen, not signed", site, site + "#rc=2&rp=all"),
  at("IPv6 literal with port", "https://[2001:db8::1]:443/v"),
  at("IPv6 literal without port", "https://[2001:db8::1]/v"),
  at("IPv6 literal, signed without port", "https://[2001:db8::1]/v", "https://[2001:db8::1]:443/v"),
  at("http with port", "http://line.example.org:8080/v"),
  at("http, port signed :80, seen without", "http://line.example.org:80/v", "http://line.example.org/v"),
  at("http, signed without port, seen with", "http://line.example.org/v", "http://line.example.org:8080/v"),
  at("empty query", site + "?"),
  at("encoded slash kept", "https://line.example.org/twilio%2Fvoice"),
  form("escaped semicolon", "&Note=a%3Bb"),
  form("raw semicolon", "&Note=a;b"),
  form("raw semicolon between parameters", "&a=1;b=2"),
  form("bare percent at the end", "&Note=100%"),
  form("bare percent in the middle", "&Note=100%zz%4"),
  form("lower-case escapes", "&Note=%c3%a9"),
  form("not UTF-8", "&Note=%E9%20%FF"),
  form("UTF-8 cut short", "&Note=%E2%98&Other=%F0%9F%98x"),
  form("surrogates and overlong forms", "&Note=%ED%A0%80%C0%AF%F4%90%80%80"),
  form("NUL", "&Note=a%00b"),
  form("name without =", "&Flag"),
  form("empty name", "&=x"),
  form("empty pairs", "&&a=1&&"),
  form("= in a value", "&Note=a=b=c"),
  form("+ and escapes in a name", "&a+b%5Bc%5D=1"),
  form("repeated key, values beyond the first plane", "&Multi=%F0%9F%98%80&Multi=%EF%BC%81&Multi=z"),
  form("SIP headers", "&SipHeader_X-Ref=1&SipCallId=a%40b&SipDomain=x.sip.twilio.com"),
  form("tampered value", "&Digits=1", { seenBody: voice + "&Digits=2" }),
  form("parameter added", "", { seenBody: voice + "&Digits=1" }),
  form("parameter dropped", "&Digits=1", { seenBody: voice }),
  vector("JSON", { signed: `${site}?bodySHA256=${hash}`, body: json, isJSON: true }),
  vector("JSON among other parameters", { signed: `${site}?a=1&bodySHA256=${hash}&z=2`, body: json, isJSON: true }),
  vector("JSON tampered", { signed: `${site}?bodySHA256=${hash}`, body: json, seenBody: json + " ", isJSON: true }),
  vector("JSON with a wrong hash in the URL", { signed: `${site}?bodySHA256=${hash.replace(/^./, "f")}`, body: json, isJSON: true }),
  vector("JSON, hash in upper case", { signed: `${site}?bodySHA256=${hash.toUpperCase()}`, body: json, isJSON: true }),
  vector("JSON, empty body", { signed: `${site}?bodySHA256=${getExpectedBodyHash("")}`, body: "", isJSON: true }),
];

export function vectors() {
  const names = new Set(cases.map((c) => c.name));
  if (cases.length < 60 || names.size !== cases.length) throw new Error("vectors: too few, or two of one name");
  return { source: "twilio " + require("twilio/package.json").version, token, cases };
}
