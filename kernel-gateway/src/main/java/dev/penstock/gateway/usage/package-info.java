/** What kernels and their machine use: processor time and memory (usage_request). */
@NullMarked
package dev.penstock.gateway.usage;

import org.jspecify.annotations.NullMarked;
