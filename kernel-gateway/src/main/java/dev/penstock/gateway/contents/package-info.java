/**
 * Jupyter's contents API (models of jupyter_server's {@code services/contents}) over one root
 * directory, without HTTP.
 *
 * <p>Confinement: a path is a list of names below the root, never text that the kernel resolves.
 * Every directory on the way is opened by its name relative to the one before, links not followed,
 * and kept open while it is used; a link is read and its target walked in the same way from the
 * root, so that one which leaves the root leads nowhere. A change of the tree while a call runs (a
 * directory swapped for a link) therefore moves the call inside the root or ends it with an error,
 * but never lets it touch a file outside. Mounts below the root are inside it, and so are hard
 * links.
 */
@NullMarked
package dev.penstock.gateway.contents;

import org.jspecify.annotations.NullMarked;
