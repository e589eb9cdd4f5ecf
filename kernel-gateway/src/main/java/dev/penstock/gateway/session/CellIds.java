package dev.penstock.gateway.session;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import org.jspecify.annotations.Nullable;

/**
 * Which cell a request is of: front ends say it in the request's metadata ({@code cellId}), and
 * answers do not repeat it.
 */
public final class CellIds {
  /** nbformat has ids of at most 64 characters; nobody need remember what is no id. */
  public static final int LONGEST = 256;

  private CellIds() {}

  /** The cell of a request; null if it names none. */
  public static @Nullable String of(Request request) {
    try {
      String cell = Json.text(Json.readObject(request.message().metadata()), "cellId");
      return cell == null || cell.length() > LONGEST ? null : cell;
    } catch (JsonLineException e) {
      // The worker says what is wrong with it; it names no cell.
      return null;
    }
  }
}
