// keep one: remove @CrossOrigin and addCorsMappings, and let Spring Security's CORS filter alone add the headers
http.cors(Customizer.withDefaults());

// behind Spring Cloud Gateway, in its configuration:
// spring.cloud.gateway.default-filters[0]=DedupeResponseHeader=Access-Control-Allow-Origin Access-Control-Allow-Credentials
