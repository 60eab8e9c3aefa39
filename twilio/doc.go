// Package twilio is the vendor's words: webhooks in (signature, form), TwiML
// out, and the REST calls a crisis line needs. It knows the wire and nothing of
// calls, teams or queues.
package twilio
