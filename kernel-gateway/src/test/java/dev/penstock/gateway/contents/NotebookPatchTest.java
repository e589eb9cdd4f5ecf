package dev.penstock.gateway.contents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** What a changed output leaves as it was in a notebook's file. */
class NotebookPatchTest {
  @TempDir Path root;
  private Contents contents;

  @BeforeEach
  void serve() throws IOException {
    contents = Contents.in(root, Options.defaults());
  }

  @Test
  void anotherLayoutStays() throws Exception {
    String before =
        """
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {"z": 1.50, "a": [NaN,1e400]},
            "cells": [
                {
                    "id": "a",
                    "cell_type": "code",
                    "source": "x = '\\u00e4\\ud83d\\ude00ä'",
                    "outputs": [ ],
                    "execution_count": null,
                    "metadata": {}
                },
                {"id": "b", "cell_type": "code", "source": [], "outputs": [], "metadata": {},
                 "execution_count":   12}
            ]
        }\
        """;
    String after =
        before
            .replace("\"execution_count\": null", "\"execution_count\": 3")
            .replace(
                "[ ]",
                """
                [
                                {
                                    "name": "stdout",
                                    "output_type": "stream",
                                    "text": [
                                        "one\\n",
                                        "two"
                                    ]
                                }
                            ]\
                """);
    assertThat(written(before)).isEqualTo(after);
  }

  @Test
  void aFileInOneLineStaysOne() throws Exception {
    String before =
        "{\"cells\":[{\"outputs\":[{}],\"source\":\"\",\"cell_type\":\"code\",\"id\":\"a\","
            + "\"execution_count\":100,\"metadata\":{}}],\"nbformat_minor\":5,\"nbformat\":4,"
            + "\"metadata\":{}}\n";
    assertThat(written(before))
        .isEqualTo(
            before
                .replace("100", "3")
                .replace(
                    "[{}]",
                    "[{\"output_type\":\"stream\",\"name\":\"stdout\",\"text\":[\"one\\n\",\"two\"]}]"));
  }

  @Test
  void aFileWithoutTheFieldsIsWrittenAnew() throws Exception {
    String before =
        "{\"cells\":[{\"source\":\"\",\"cell_type\":\"code\",\"id\":\"a\",\"metadata\":{}}],"
            + "\"nbformat_minor\":5,\"nbformat\":4,\"metadata\":{}}";
    assertThat(written(before)).startsWith("{\n \"cells\": [\n").contains("\"two\"");
  }

  @Test
  void aFieldOfTheWrongTypeIsWrittenAnew() throws Exception {
    String before =
        "{\"cells\":[{\"outputs\":[],\"source\":\"\",\"cell_type\":\"code\",\"id\":\"a\","
            + "\"execution_count\":\"text\",\"metadata\":{}}],\"nbformat_minor\":5,\"nbformat\":4,"
            + "\"metadata\":{}}";
    assertThat(written(before)).startsWith("{\n \"cells\"").contains("\"two\"");
  }

  private String written(String before) throws Exception {
    Path file = Files.writeString(root.resolve("n.ipynb"), before);
    NotebookChange change =
        notebook -> {
          ObjectNode cell = (ObjectNode) notebook.path("cells").path(0);
          cell.put("execution_count", 3);
          cell.putArray("outputs")
              .addObject()
              .put("output_type", "stream")
              .put("name", "stdout")
              .put("text", "one\ntwo");
          return notebook;
        };
    assertThat(contents.updateNotebook("n.ipynb", change)).isTrue();
    return Files.readString(file);
  }
}
