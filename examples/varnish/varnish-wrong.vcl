# The same as it comes: whoever asks first decides for all.
#   varnishd -F -n examples/varnish/work -a 127.0.0.1:8080 -f $PWD/examples/varnish/varnish-wrong.vcl
vcl 4.1;

backend app {
    .host = "127.0.0.1";
    .port = "8081";
}
