package runner

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"io"
	"net/http"
)

// The limits of a response body.
const (
	maxBody     = 64 << 10 // what is read of it
	maxBodyKept = 4 << 10  // what is kept of an error's
)

// takeBody reads the body as far as maxBody, so that the connection can be used again. Trouble in it is only noted.
// The beginning of an error's body is kept: it tells who answered.
func (x *exchange) takeBody(ctx context.Context, response *http.Response) {
	var kept bytes.Buffer
	size := int64(0)
	if response.StatusCode >= http.StatusBadRequest {
		size = maxBodyKept
	}
	n, err := io.CopyN(&kept, response.Body, size)
	if err == nil {
		var rest int64
		rest, err = io.CopyN(io.Discard, response.Body, maxBody-size)
		n += rest
	}
	x.body = decoded(kept.Bytes(), response.Header.Get("Content-Encoding"))
	if err != nil && !errors.Is(err, io.EOF) {
		x.note = bodyTrouble(ctx, n, err)
	}
}

func bodyTrouble(ctx context.Context, n int64, err error) string {
	switch {
	case ctx.Err() != nil:
		return troublef("", "the body was not complete in time: %d bytes came", n).message
	case broken(err):
		return troublef("", "the body broke off after %d bytes", n).message
	}
	return troublef("", "the body is not valid after %d bytes: %s", n, plain(err)).message
}

// decoded undoes the encodings that requests accept, as far as the bytes go, up to maxBodyKept bytes.
func decoded(raw []byte, encoding string) string {
	var reader io.Reader = bytes.NewReader(raw)
	var err error
	switch encoding {
	case "gzip", "x-gzip":
		reader, err = gzip.NewReader(reader)
	case "deflate":
		reader, err = zlib.NewReader(reader)
		if err != nil {
			reader, err = flate.NewReader(bytes.NewReader(raw)), nil
		}
	}
	if err != nil {
		return string(raw)
	}
	text, _ := io.ReadAll(io.LimitReader(reader, maxBodyKept))
	return string(text)
}
