package call

// Code is what came of a call, or of a callback: one of the seven outcomes of a
// crisis line's contact in the NHS Data Dictionary (MENTAL HEALTH DROP IN CONTACT
// OUTCOME, MHSDS table MHS302). A person records it; nothing here infers it.
type Code string

// The closed set of codes.
const (
	CodeDisconnected Code = "01"
	CodeAdvice       Code = "02"
	CodeSignposted   Code = "03"
	CodeReferred     Code = "04"
	CodeUrgent       Code = "05"
	CodeEmergency    Code = "06"
	CodeOther        Code = "98"
)

// Codes lists the closed set, in its own order.
var Codes = []Code{CodeDisconnected, CodeAdvice, CodeSignposted, CodeReferred, CodeUrgent, CodeEmergency, CodeOther}

var codeWords = map[Code]string{
	CodeDisconnected: "Caller disconnected",
	CodeAdvice:       "Advice only",
	CodeSignposted:   "Signposted outside the NHS",
	CodeReferred:     "Non-urgent referral to another NHS service",
	CodeUrgent:       "Urgent referral to be seen face to face",
	CodeEmergency:    "Emergency service told",
	CodeOther:        "Other",
}

// Words is the code in words, "" for what is no code.
func (c Code) Words() string { return codeWords[c] }

// DutyToRefer is whether a person spoke of losing their home, and whether they
// agreed that a housing authority of their choice is told (Homelessness Reduction
// Act 2017). Which authority, and all else, stands in the clinical record.
type DutyToRefer string

// The closed set. "" is that it did not come up, or was not recorded.
const (
	DutyConsent   DutyToRefer = "consent"    // they agreed to the referral and to their details being passed on
	DutyNoConsent DutyToRefer = "no_consent" // it came up, and they did not
)

// Duties lists the closed set, without "".
var Duties = []DutyToRefer{DutyConsent, DutyNoConsent}

// ResponseNone is the response category of a call after which nobody need be
// seen: F and G of the UK Mental Health Triage Scale.
const ResponseNone = "none"
