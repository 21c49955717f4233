// Command go-rs-cors serves a small API behind github.com/rs/cors, right or, with -wrong, as it is often found.
//
//	go run ./examples/go-rs-cors -addr 127.0.0.1:8080
package main

import (
	"flag"
	"io"
	"log"
	"net/http"
	"strings"

	"github.com/rs/cors"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "where to listen")
	wrong := flag.Bool("wrong", false, "serve the wrong configuration")
	flag.Parse()
	layer := right()
	if *wrong {
		layer = careless()
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/users", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "[]\n") })
	log.Fatal(http.ListenAndServe(*addr, layer.Handler(mux)))
}

func right() *cors.Cors {
	return cors.New(cors.Options{
		AllowedOrigins:   []string{"https://app.example.com", "https://admin.example.com"},
		AllowedMethods:   []string{"GET", "HEAD", "POST", "PUT", "DELETE"},
		AllowedHeaders:   []string{"Content-Type", "Authorization"},
		AllowCredentials: true,
		MaxAge:           600,
	})
}

// careless compares the end of a string, which evilexample.com has too, and forgets that rs/cors allows only GET, HEAD
// and POST by itself.
func careless() *cors.Cors {
	return cors.New(cors.Options{
		AllowOriginFunc:  func(origin string) bool { return strings.HasSuffix(origin, "example.com") },
		AllowedHeaders:   []string{"Content-Type", "Authorization"},
		AllowCredentials: true,
		MaxAge:           600,
	})
}
