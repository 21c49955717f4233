// Command go-jub0bs-cors serves a small API behind github.com/jub0bs/cors, right or, with -wrong, not quite.
//
//	go run ./examples/go-jub0bs-cors -addr 127.0.0.1:8080
package main

import (
	"flag"
	"io"
	"log"
	"net/http"

	"github.com/jub0bs/cors"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "where to listen")
	wrong := flag.Bool("wrong", false, "serve the wrong configuration")
	flag.Parse()
	config := right()
	if *wrong {
		config = careless()
	}
	layer, err := cors.NewMiddleware(config)
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/users", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "[]\n") })
	log.Fatal(http.ListenAndServe(*addr, layer.Wrap(mux)))
}

func right() cors.Config {
	return cors.Config{
		Origins:         []string{"https://app.example.com", "https://admin.example.com"},
		Methods:         []string{"GET", "POST", "PUT", "DELETE"},
		RequestHeaders:  []string{"Content-Type", "Authorization"},
		Credentialed:    true,
		MaxAgeInSeconds: 600,
	}
}

// careless makes the mistakes that the package can't see: it trusts every subdomain, and forgets Authorization.
func careless() cors.Config {
	config := right()
	config.Origins = []string{"https://*.example.com"}
	config.RequestHeaders = []string{"Content-Type"}
	return config
}
