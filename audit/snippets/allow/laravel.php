<?php // config/cors.php
return [
    'paths' => ['*'],
    'allowed_origins' => ['{{.Origin}}'],
    'allowed_origins_patterns' => [],
    'allowed_methods' => [{{single .Methods}}],
    'allowed_headers' => [{{single .Headers}}],
    'exposed_headers' => [{{single .Expose}}],
    'supports_credentials' => {{.Credentials}},
    'max_age' => 7200,
];
