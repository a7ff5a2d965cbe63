/* haproxy.h - a real HAProxy with the configuration that is shipped (backend/edge/haproxy.cfg), on this machine.
 *
 *   struct haproxy *proxy = haproxy_start(w, "first"); // its certificate is for CN=first
 *   int fd = tls_open(proxy);                          // plain bytes in, TLS on the wire
 *   haproxy_new_certificate(proxy, "second");          // and reload, as systemctl reload haproxy does
 *   haproxy_end(proxy);
 *
 * Only addresses, files, the user and the total of connections are others than as shipped. */
#ifndef GV_HAPROXY_H
#define GV_HAPROXY_H

#include "socket.h"
#include "world.h"

struct haproxy {
	pid_t master;
	unsigned http_port, https_port;
	unsigned per_source; /* connections; 0: as shipped */
	char folder[128];
	pid_t tunnels[8]; /* of tls_open() */
	unsigned tunnel_count;
};

/* In front of the world's hub; waits until it answers. */
struct haproxy *haproxy_start(const struct world *w, const char *name);

/* The same, but that so many connections of one source are let in. */
struct haproxy *haproxy_start_bounded(const struct world *w, const char *name, unsigned per_source);

/* Another certificate in the place of the one there is; returns when a new worker has it. */
void haproxy_new_certificate(struct haproxy *proxy, const char *name);

/* Ends it and all that came through it. */
void haproxy_end(struct haproxy *proxy);

/* A connection through TLS, made by openssl in a process of its own. */
void tls_open(struct haproxy *proxy, struct socket *s);

/* What openssl says of a handshake with these options (a NULL-ended list), at the end of which it hangs up. */
struct ended tls_try(const struct haproxy *proxy, const char *const *options);

#endif
