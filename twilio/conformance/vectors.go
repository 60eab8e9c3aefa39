package conformance

import "fmt"

const vectorsFile = "twilio/conformance/generated/vectors.json"

// Vector is one request signed by npm twilio, as vectors.mjs made it.
type Vector struct {
	Name      string
	URL       string // as the service is asked
	Body      string
	JSON      bool // Body is JSON, bound to the URL by bodySHA256; otherwise a form
	Signature string
	Node      bool   // whether npm twilio's validator accepts it
	Ours      bool   // whether ours must
	Why       string // why they differ, "" when they agree
}

// Vectors loads the signed requests and the token they are signed with.
func Vectors() (token string, cases []Vector, err error) {
	var file struct {
		Token string
		Cases []Vector
	}
	if err := load(vectorsFile, &file); err != nil {
		return "", nil, err
	}
	if len(file.Cases) < 60 {
		return "", nil, fmt.Errorf("%s holds %d cases: run make test", vectorsFile, len(file.Cases))
	}
	return file.Token, file.Cases, nil
}
