package sim

import (
	"net/url"
	"testing"

	"example.org/crisisline/twilio"
)

// docs/twilio.md 2.1: the documented vector, and what voice drops from the address.
func TestSign(t *testing.T) {
	t.Parallel()
	form := url.Values{
		"CallSid": {"CA1234567890ABCDE"}, "Caller": {"+14158675310"}, "Digits": {"1234"}, "From": {"+14158675310"}, "To": {"+18005551212"},
	}
	for address, want := range map[string]string{
		"https://example.com/myapp.php?foo=1&bar=2":                "L/OH5YylLD5NRKLltdqwSvS0BnU=",
		"https://user:pass@example.com:8443/myapp.php?foo=1&bar=2": "L/OH5YylLD5NRKLltdqwSvS0BnU=",
		"https://example.com/myapp.php?foo=1&bar=2#rc=2":           "L/OH5YylLD5NRKLltdqwSvS0BnU=",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := sign("12345", u, form); got != want {
			t.Errorf("%s: got %s, want %s", address, got, want)
		}
	}
}

// Two hands wrote the signature; they must agree.
func TestSignAgreesWithTwilioPackage(t *testing.T) {
	t.Parallel()
	for _, values := range []url.Values{
		{},
		{"A": {"1"}, "a": {"2"}, "B": {""}},
		{"Same": {"b", "a", "b"}, "Words": {"é ☎ & = +"}},
	} {
		for _, address := range []string{"http://example.com:8080/x", "https://example.com/x?y=z", "https://example.com:444/x"} {
			u, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			var f twilio.Form
			if err := f.Parse([]byte(values.Encode())); err != nil {
				t.Fatal(err)
			}
			if got, want := sign("token", u, values), twilio.Sign("token", address, &f); got != want {
				t.Errorf("%s %v: sim %s, twilio %s", address, values, got, want)
			}
		}
	}
}
