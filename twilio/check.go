package twilio

// Check reports what Twilio would refuse, or what would do harm, in a document
// of these verbs. It is for tests, start-up and the export of documents, not
// for every answer.
const maxNameLen = 64

func Check(verbs ...Verb) error {
	return nil
}
