package main

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
	twilioclient "github.com/twilio/twilio-go/client"
	"github.com/twilio/twilio-go/twiml"
)

// What ours is compared with: the least a webhook can cost, and what it costs
// the way most would write it.

// noOp reads the body and answers the bytes that ours answers.
func noOp() http.Handler {
	answer, err := os.ReadFile(os.Getenv("BENCH_ANSWER"))
	if err != nil {
		panic(err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/xml")
		_, _ = w.Write(answer)
	})
}

// usualWay does the work of a call's first webhook with the vendor's library,
// the standard library's form, one command to the store after another, and
// metrics found by label: what a careful team would write first. It logs
// nothing and rings nobody.
func usualWay() http.Handler {
	u, err := url.Parse(os.Getenv("CRISISLINE_REDIS_URL"))
	if err != nil {
		panic(err)
	}
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: u.Path})
	validator := twilioclient.NewRequestValidator(os.Getenv("CRISISLINE_TWILIO_AUTH_TOKEN"))
	requests := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "requests_total"}, []string{"route", "code"})
	seconds := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "seconds"}, []string{"route", "code"})
	prometheus.NewRegistry().MustRegister(requests, seconds)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started, code := time.Now(), "200"
		defer func() {
			requests.WithLabelValues(r.URL.Path, code).Inc()
			seconds.WithLabelValues(r.URL.Path, code).Observe(time.Since(started).Seconds())
		}()
		if err := r.ParseForm(); err != nil {
			code = "400"
			http.Error(w, "malformed", http.StatusBadRequest)
			return
		}
		params := make(map[string]string, len(r.PostForm))
		for name := range r.PostForm {
			params[name] = r.PostForm.Get(name)
		}
		if !validator.Validate(publicURL+r.URL.RequestURI(), params, r.Header.Get("X-Twilio-Signature")) {
			code = "403"
			http.Error(w, "signature", http.StatusForbidden)
			return
		}
		if err := usualWrites(r.Context(), rdb, params); err != nil {
			code = "500"
			http.Error(w, "store", http.StatusInternalServerError)
			return
		}
		document, err := usualDocument()
		if err != nil {
			code = "500"
			http.Error(w, "document", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/xml")
		_, _ = w.Write([]byte(document))
	})
}

// usualWrites are the six writes of the hook script, one by one.
func usualWrites(ctx context.Context, rdb *redis.Client, params map[string]string) error {
	id, now := params["CallSid"], time.Now()
	key := "usual:call:" + id
	first, err := rdb.HSetNX(ctx, key, "event", params["CallStatus"]).Result()
	if err != nil || !first {
		return err
	}
	if err := rdb.HSet(ctx, key, "sid", id, "from", params["From"], "to", params["To"], "state", "received", "at", now.UnixMilli()).Err(); err != nil {
		return err
	}
	if err := rdb.PExpire(ctx, key, time.Hour).Err(); err != nil {
		return err
	}
	if err := rdb.ZAdd(ctx, "usual:waiting", redis.Z{Score: float64(now.UnixMilli()), Member: id}).Err(); err != nil {
		return err
	}
	if err := rdb.XAdd(ctx, &redis.XAddArgs{Stream: "usual:log", MaxLen: 10_000, Approx: true, Values: []any{"sid", id, "event", "received"}}).Err(); err != nil {
		return err
	}
	return rdb.ZCard(ctx, "usual:waiting").Err()
}

// usualDocument is the greeting and the menu.
func usualDocument() (string, error) {
	say := func(words string) twiml.Element {
		return &twiml.VoiceSay{Voice: "Polly.Amy-Neural", Language: "en-GB", Message: words}
	}
	intake := publicURL + "/voice/intake#ct=2000&rt=4000&tt=12000&rc=2&rp=all"
	return twiml.Voice([]twiml.Element{
		&twiml.VoiceGather{Action: intake, Input: "dtmf", NumDigits: "1", Timeout: "3", ActionOnEmptyResult: "true", InnerElements: []twiml.Element{
			say("You are through to the crisis line. We are finding someone to talk to you now."),
			say("If someone is hurt or in danger right now, hang up and dial 999."),
			say("If you are ringing for someone else, press 2. If you ring as a professional, press 3. Or just stay on the line."),
		}},
		&twiml.VoiceRedirect{Url: intake},
	})
}
