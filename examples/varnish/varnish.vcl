# Varnish in front of app.js: each origin has answers of its own.
#   varnishd -F -n examples/varnish/work -a 127.0.0.1:8080 -f $PWD/examples/varnish/varnish.vcl
vcl 4.1;

backend app {
    .host = "127.0.0.1";
    .port = "8081";
}

sub vcl_backend_response {
    set beresp.http.Vary = "Origin";
}
