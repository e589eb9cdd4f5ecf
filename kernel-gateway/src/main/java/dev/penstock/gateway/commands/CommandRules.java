package dev.penstock.gateway.commands;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Which commands clients may run ({@code --allow-commands}).
 *
 * @param any whether all
 * @param templates else those that match one of these, word by word: {@code *} is any word that is
 *     no option (that does not begin with a hyphen), {@code **} at the end any further words, all
 *     others are themselves
 */
public record CommandRules(boolean any, List<List<String>> templates) {
  private static final String WORD = "*";
  private static final String REST = "**";

  /** As the settings of {@code serve} have it: {@code "any"}, or a list of templates. */
  public static CommandRules of(JsonNode json) {
    List<List<String>> templates = new ArrayList<>();
    for (JsonNode template : json.isArray() ? json : List.<JsonNode>of()) {
      List<String> words = new ArrayList<>();
      template.forEach(word -> words.add(word.asString("")));
      templates.add(words);
    }
    return new CommandRules("any".equals(json.asString("")), templates);
  }

  /** Whether no command may be run. */
  boolean isOff() {
    return !any && templates.isEmpty();
  }

  /** Whether this one may be run. */
  boolean allow(List<String> argv) {
    return any || templates.stream().anyMatch(template -> matches(template, argv));
  }

  private static boolean matches(List<String> template, List<String> argv) {
    boolean open = !template.isEmpty() && template.getLast().equals(REST);
    int fixed = open ? template.size() - 1 : template.size();
    if (open ? argv.size() < fixed : argv.size() != fixed) {
      return false;
    }
    for (int i = 0; i < fixed; i++) {
      String wanted = template.get(i);
      String word = argv.get(i);
      boolean fits = wanted.equals(WORD) ? !word.startsWith("-") : wanted.equals(word);
      if (!fits) {
        return false;
      }
    }
    return true;
  }
}
