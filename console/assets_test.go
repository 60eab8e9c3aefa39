package console

import (
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestAssets(t *testing.T) {
	t.Parallel()
	style := strings.Repeat(".a{color:red}", 100)
	a, err := newAssets(fstest.MapFS{
		"static/board.css":                     {Data: []byte(style)},
		"static/vendor/nhsuk-frontend.min.css": {Data: []byte("b")},
	})
	if err != nil {
		t.Fatal(err)
	}
	const keep, ask = "public, max-age=31536000, immutable", "no-cache"
	tests := []struct {
		name, path, encoding string
		code                 int
		cache                string
		zipped               bool
	}{
		{"by its own address, kept for ever", a.url("board.css"), "", 200, keep, false},
		{"compressed for who can read that", a.url("board.css"), "br, gzip", 200, keep, true},
		{"nothing gained by compressing", a.url("vendor/nhsuk-frontend.min.css"), "gzip", 200, keep, false},
		{"of an older program's page, not kept", "/assets/000000000000/board.css", "", 200, ask, false},
		{"not there", "/assets/" + a.hash + "/secret.css", "", 404, "", false},
		{"out of the folder", "/assets/" + a.hash + "/../../go.mod", "", 404, "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := httptest.NewRecorder()
			r := httptest.NewRequest(http.MethodGet, tt.path, nil)
			r.Header.Set("Accept-Encoding", tt.encoding)
			a.ServeHTTP(w, r)
			if w.Code != tt.code || w.Header().Get("Cache-Control") != tt.cache {
				t.Errorf("%d, Cache-Control %q", w.Code, w.Header().Get("Cache-Control"))
			}
			if got := w.Header().Get("Content-Encoding") == "gzip"; got != tt.zipped {
				t.Fatalf("compressed: %v, want %v", got, tt.zipped)
			}
			if tt.zipped {
				z, err := gzip.NewReader(w.Body)
				if err != nil {
					t.Fatal(err)
				}
				if got, err := io.ReadAll(z); err != nil || string(got) != style {
					t.Errorf("unpacked: %d bytes, %v", len(got), err)
				}
			}
		})
	}
}

// TestWithoutTheDesignSystem: a program built without node is whole all the
// same.
func TestWithoutTheDesignSystem(t *testing.T) {
	t.Parallel()
	own := fstest.MapFS{}
	err := fs.WalkDir(static, "static", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.Contains(name, "/vendor/") {
			own[name] = &fstest.MapFile{Data: []byte(name)}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	bare, err := newAssets(own)
	if err != nil {
		t.Fatal(err)
	}
	c := serve(t, allScenes(t)["full"])
	if c.pages, err = newPages(bare); err != nil {
		t.Fatal(err)
	}
	html := body(t, get(t, c, "/"))
	if strings.Contains(html, "vendor") || strings.Contains(html, "design.js") || strings.Contains(html, `href=""`) || strings.Contains(html, `src=""`) {
		t.Error("the page asks for files that are not there")
	}
	if !strings.Contains(html, bare.url("board.css")) {
		t.Error("the page has no style of its own")
	}
}

func TestATrustsOwnLogoIsOnEveryPage(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	o := s.options()
	o.Logo = &Logo{Body: []byte("<svg/>"), Type: "image/svg+xml"}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	html := body(t, get(t, c, "/rota"))
	_, rest, ok := strings.Cut(html, `<img class="top__logo" src="`)
	if !ok {
		t.Fatal("no logo")
	}
	address, _, _ := strings.Cut(rest, `"`)
	r := get(t, c, address)
	if got := body(t, r); got != "<svg/>" || r.Header.Get("Content-Type") != "image/svg+xml" || !strings.Contains(r.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("%q, %v", got, r.Header)
	}
}
