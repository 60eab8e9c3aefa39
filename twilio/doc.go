// Package twilio is the vendor's words: webhooks in (Form, Request, Validator),
// TwiML out (Append, Check), and the REST calls a crisis line needs (Client). It
// knows the wire and nothing of calls, teams or queues.
//
// # Webhooks
//
// Every request is a form, signed over the public URL and all parameters. There
// is no time stamp in the signature, requests are repeated and come out of
// order, and parameters are added without notice: a handler must be safe to run
// twice, go by SequenceNumber, and read leniently.
//
// An answer must be TwiML served as ContentType. Anything that is text and not
// TwiML is read aloud to the caller, an error page too.
//
// # REST
//
// The calls are twilio-go's; the way there is ours (see wire). An error says
// whether the request left, and is exactly one of ErrGone, ErrThrottled,
// ErrRefused, ErrNotSent, ErrUnknown and ErrAuth. Creating a call has no
// idempotency key: after ErrUnknown the phone may ring.
//
// # Wire facts this package relies on
//
// Pages below https://www.twilio.com/docs/, read 2026-11-21.
//
//	voice/twiml                      parameters of a voice request; call statuses; no-answer covers a rejected call
//	voice/twiml/gather               defaults; no key and no actionOnEmptyResult: no request, the next verb runs
//	voice/twiml/enqueue              results; the wait document is fetched again when it runs out; without action the next verb runs;
//	                                 a REST redirect requests the action at once, a bridge when it ends; name at most 64
//	voice/twiml/dial                 callerId is the caller's own by default; timeout 5 to 600 and up to 5 s more; 10 numbers;
//	                                 answerOnBridge only if first; DialBridged
//	voice/twiml/number               its document may Say, Play, Gather, Hangup
//	voice/twiml/queue                its document may Say, Play, Pause, Redirect
//	voice/twiml/conference           callback and events are the first participant's; reasons; label at most 128, unique
//	voice/twiml/say/text-speech      SSML names; lengths by voice
//	voice/api/call-resource          one call per second and account by default, the rest queued (queue_time);
//	                                 canceled does not touch a call in progress, completed does;
//	                                 four status events, sent in order but arriving in any
//	voice/api/member-resource        a member dequeued by its call SID cannot be dequeued again
//	voice/api/queue-resource         size at most 5 000
//	usage/security                   the signature; over HTTPS the port, and always user:password@, is left out
//	usage/webhooks/webhooks-connection-overrides
//	                                 the #ct= fragment; 15 s in all whatever it says; retried once by default, connect failures only
//	global-infrastructure/using-the-twilio-rest-api-in-a-non-us-region
//	                                 names with a region need an edge since 2026-04-28; credentials and numbers are per region
//	api/errors/21220                 the call is not in progress: a normal outcome
//	api/errors/20429, 20500          throttled is safe to repeat; a fault on creating a call is not
//	api/errors/11750, 12100, 13238, 13521, 32018
//	                                 64 kB; nothing before the declaration; verbs of a conference's wait document; spoken lengths
//
// What the documentation does not say, and what other packages must therefore
// not build on (docs/twilio.md 11): whether an answer to Enqueue's action is run after a REST
// redirect, and whether a wait document that cannot be fetched falls through.
//
// The package conformance, for tests, holds all this against what Twilio wrote
// itself: npm twilio's grammar, rendering and signer, and Twilio's OpenAPI.
package twilio
