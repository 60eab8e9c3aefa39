// Reads TwiML's grammar for voice out of npm twilio: the classes say which
// element may stand in which, the type declarations which attributes there are.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(import.meta.url);
const VoiceResponse = require("twilio").twiml.VoiceResponse;
const types = readFileSync(require.resolve("twilio/lib/twiml/VoiceResponse.d.ts"), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");

const enums = {};
for (const [, name, body] of types.matchAll(/^ {4}type (\w+) = ([^;]+);/gm)) {
  enums[name] = [...body.matchAll(/"([^"]*)"/g)].map((m) => m[1]);
}

function attributeType(text) {
  const list = text.endsWith("[]");
  const name = list ? text.slice(0, -2) : text;
  if (enums[name]) return { kind: "enum", list, values: enums[name] };
  if (["string", "number", "boolean"].includes(name)) return { kind: name, list };
  throw new Error(`grammar: unknown attribute type ${text}`);
}

const interfaces = {};
for (const [, name, body] of types.matchAll(/^ {4}export interface (\w+) \{([^}]*)\}/gm)) {
  interfaces[name] ??= {};
  for (const [, attr, type] of body.matchAll(/^\s*"?([\w:-]+)"?\??: ([^;]+);/gm)) {
    interfaces[name][attr] = attributeType(type);
  }
}

// className -> method -> { attributes: interface or null, text: whether it takes text }
const signatures = { VoiceResponse: methodsOf(types.match(/^declare class VoiceResponse[\s\S]*?^\}/m)[0]) };
for (const [body, name] of types.matchAll(/^ {4}export class (\w+) extends TwiML \{[\s\S]*?^ {4}\}/gm)) {
  signatures[name] = methodsOf(body);
}

function methodsOf(body) {
  const methods = {};
  for (const [, name, params] of body.matchAll(/^\s*(\w+)\(([^)]*)\): VoiceResponse\.\w+;/gm)) {
    const m = (methods[name] ??= { attributes: null, text: false });
    for (const p of params.split(", ").filter(Boolean)) {
      const attributes = p.match(/^attributes\??: (?:VoiceResponse\.(\w+)|object)$/);
      if (attributes) m.attributes = attributes[1] ?? m.attributes;
      else if (/\??: string$/.test(p) || /: (?:VoiceResponse\.)?\w+$/.test(p)) m.text = true;
      else throw new Error(`grammar: unknown parameter ${p} of ${name}`);
    }
  }
  return methods;
}

export function grammar() {
  const elements = {};
  const visit = (make, className) => {
    if (elements[className]) return;
    const element = (elements[className] = { text: false, attributes: {}, children: {} });
    for (const [method, signature] of Object.entries(signatures[className])) {
      const child = make()[method]({});
      const childClass = child.constructor.name;
      element.children[child[child._propertyName].name] = childClass;
      visit(() => make()[method]({}), childClass);
      elements[childClass].text ||= signature.text;
      Object.assign(elements[childClass].attributes, interfaces[signature.attributes] ?? {});
    }
  };
  visit(() => new VoiceResponse(), "VoiceResponse");
  check(elements);
  return { source: "twilio " + require("twilio/package.json").version, root: "VoiceResponse", elements };
}

// A library laid out otherwise must fail here, loudly, and not thin the grammar out.
function check(elements) {
  const must = (ok, what) => {
    if (!ok) throw new Error(`grammar: ${what}: npm twilio is laid out in a new way, mend grammar.mjs`);
  };
  must(Object.keys(elements).length >= 50, "few elements");
  must(Object.keys(elements.VoiceResponse.children).length >= 18, "few verbs");
  must(Object.keys(elements.Gather.children).join() === "Pause,Play,Say", "Gather");
  must(elements.Gather.attributes.input.list && elements.Gather.attributes.finishOnKey.kind === "string", "Gather's attributes");
  must(elements.Say.text && elements.Say.children["say-as"] === "SsmlSayAs", "Say");
  must(elements.SsmlLang.attributes["xml:lang"].values.includes("cy-GB"), "lang");
  must(elements.Conference.attributes.beep.values.length === 4, "Conference");
}
