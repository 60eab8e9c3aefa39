// Package sim is a telephone network in a box: it stands in for Twilio at the
// wire, over real HTTP, and puts telephones and people at the other end. It
// knows nothing of the service it rings: only addresses, TwiML and the REST API.
package sim
