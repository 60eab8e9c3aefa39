package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

// static holds our own style and script, which are committed, and under vendor/
// the design system, which assets.mjs copies there when the program is built.
// Without it the pages stand on board.css alone.
//
//go:embed static
var static embed.FS

// assets serves static under /assets/{hash}/. The hash is of everything, so
// that a file may be kept for ever and relative addresses inside files hold.
type assets struct {
	hash  string
	files map[string]*asset
}

type asset struct {
	body []byte
	mime string
	once sync.Once
	zip  []byte // nil when it is no smaller
}

// newAssets reads every file below static in files.
func newAssets(files fs.FS) (*assets, error) {
	a := &assets{files: map[string]*asset{}}
	sum := sha256.New()
	err := fs.WalkDir(files, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		name = strings.TrimPrefix(name, "static/")
		fmt.Fprintf(sum, "%s %d\n", name, len(body))
		sum.Write(body)
		a.files[name] = &asset{body: body, mime: mime.TypeByExtension(path.Ext(name))}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read embedded assets: %w", err)
	}
	a.hash = hex.EncodeToString(sum.Sum(nil))[:12]
	return a, nil
}

// add serves a file that is not of the program.
func (a *assets) add(name string, body []byte, mime string) {
	a.files[name] = &asset{body: body, mime: mime}
	sum := sha256.Sum256(append([]byte(a.hash), body...))
	a.hash = hex.EncodeToString(sum[:])[:12]
}

// url is where a page finds an asset; "" when the program was built without it.
func (a *assets) url(name string) string {
	if _, ok := a.files[name]; !ok {
		return ""
	}
	return "/assets/" + a.hash + "/" + name
}

// ServeHTTP serves one asset. A page of an older program, still open while a new
// one is put in place, is given the new file but may not keep it.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/assets/"), "/")
	f, ok := a.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	if hash == a.hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Content-Type", f.mime)
	h.Set("Vary", "Accept-Encoding")
	body := f.body
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		if zipped := f.zipped(); zipped != nil {
			h.Set("Content-Encoding", "gzip")
			body = zipped
		}
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // nobody is left to tell
	}
}

// zipped is the file compressed, once, when it is first asked for.
func (f *asset) zipped() []byte {
	f.once.Do(func() {
		var b bytes.Buffer
		z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			return
		}
		if _, err := z.Write(f.body); err != nil || z.Close() != nil || b.Len() >= len(f.body) {
			return
		}
		f.zip = b.Bytes()
	})
	return f.zip
}
