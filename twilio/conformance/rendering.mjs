// The documents of twilio/documents_test.go, rendered by npm twilio.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { VoiceResponse } = require("twilio").twiml;
const amy = { voice: "Polly.Amy-Neural", language: "en-GB" };
const line = "+442079460000";

const documents = {
  empty: () => {},
  greeting: (r) => {
    const g = r.gather({ action: "/voice/intake?v=1", input: "dtmf", numDigits: 1, timeout: 4, actionOnEmptyResult: true });
    const say = g.say(amy);
    say.addText("You are through to the crisis line. If life is in danger, ring ");
    say.sayAs({ "interpret-as": "digits" }, "999");
    say.addText(".");
    say.break({ time: "500ms" });
    g.pause({ length: 1 });
    g.play("https://line.example/prompts/menu.wav");
    r.redirect("/voice/intake?v=1");
  },
  enqueue: (r) => {
    r.enqueue({ action: "/voice/left", waitUrl: "/voice/wait?n=1" }, "waiting");
    r.say(amy, "Please stay on the line.");
    r.dial({ callerId: line, timeout: 20, ringTone: "uk" }).number({ url: "/voice/screen" }, "+447700900001");
  },
  wait: (r) => {
    const g = r.gather({ action: "/voice/key", input: "dtmf", numDigits: 1, timeout: 30, finishOnKey: "" });
    g.say(amy, "We are still ringing for you.");
    g.play({ loop: 2 }, "https://line.example/prompts/wait.wav");
  },
  leave: (r) => r.leave(),
  offer: (r) => {
    r.gather({ action: "/voice/accept?o=1", input: "dtmf", numDigits: 1, timeout: 8 }).say(amy, "Press 1 to take a call.");
    r.hangup();
  },
  conference: (r) => {
    r.dial({ action: "/voice/over?o=1", timeLimit: 7200, hangupOnStar: true }).conference({
      startConferenceOnEnter: true, endConferenceOnExit: true, beep: "false", waitUrl: "",
      statusCallbackEvent: ["start", "end", "join", "leave"], statusCallback: "/voice/room?o=1",
      participantLabel: "caller", jitterBufferSize: "small", maxParticipants: 4,
    }, "r-5f2c");
    r.say(amy, "The line was lost.");
  },
  numbers: (r) => {
    const d = r.dial({ action: "/voice/rang?s=2", callerId: line, timeout: 25, answerOnBridge: true });
    for (const n of ["+447700900001", "+447700900002", "+441632960003"]) {
      d.number({ url: "/voice/screen?s=2", statusCallbackEvent: ["initiated", "ringing", "answered", "completed"],
        statusCallback: "/voice/leg?s=2" }, n);
    }
  },
  queue: (r) => {
    r.dial().queue({ url: "/voice/before" }, "waiting");
  },
  speech: (r) => {
    r.gather({ action: "/voice/heard", input: "dtmf speech", timeout: 5, language: "en-GB", speechTimeout: "3",
      speechModel: "phone_call", hints: "help, nurse", profanityFilter: false }).pause();
  },
  reject: (r) => r.reject({ reason: "busy" }),
  ssml: (r) => {
    const say = r.say({ voice: "Polly.Amy", language: "en-GB" });
    const p = say.p();
    const s = p.s();
    s.addText("One & two. ");
    s.emphasis({ level: "strong" }, "Three");
    say.lang({ "xml:lang": "cy-GB" }, "Croeso");
    say.prosody({ volume: "soft", rate: "slow", pitch: "-10%" }).sub({ alias: "National Health Service" }, "NHS");
    say.phoneme({ alphabet: "ipa", ph: "ˈfɛərəm" }, "Fareham");
    say.sayAs({ "interpret-as": "date", format: "dmy" }, "21/11/2026");
    say.w({ role: "amazon:VBD" }, "read");
    say.break({ strength: "x-strong" });
  },
  escapes: (r) => {
    r.say(`<Hangup/> & "quotes" 'single' ]]> \r\n\ttab é 😀`);
    r.gather({ action: `/a?b=1&c="2"<3>\t\n\r'`, input: "dtmf" }).pause({ length: 2 });
    r.redirect("/a?b=1&c=2");
  },
};

export function rendering() {
  const out = {};
  for (const [name, make] of Object.entries(documents)) {
    const response = new VoiceResponse();
    make(response);
    out[name] = response.toString();
  }
  return { source: "twilio " + require("twilio/package.json").version, documents: out };
}
