package dev.penstock.gateway.contents;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;

/**
 * What stat(2) tells of a file.
 *
 * @param size in bytes
 * @param changed time of the inode's last change, which jupyter_server calls created on Linux
 */
record FileInfo(
    Kind kind,
    long size,
    Instant modified,
    Instant changed,
    long inode,
    long device,
    int links,
    int owner,
    int group,
    int mode) {
  private static final String ATTRIBUTES =
      "unix:mode,ino,dev,nlink,uid,gid,size,lastModifiedTime,ctime,isRegularFile,isDirectory,isSymbolicLink";

  /** Permission bits of a mode. */
  private static final int PERMISSIONS = 0777;

  /** What can be at a path. */
  enum Kind {
    FILE,
    DIRECTORY,
    LINK,
    /** A pipe, socket or device: never opened, since opening alone can wait or act. */
    OTHER
  }

  static FileInfo of(Path path, LinkOption... options) throws IOException {
    Map<String, Object> read = Files.readAttributes(path, ATTRIBUTES, options);
    return new FileInfo(
        kind(read),
        (Long) value(read, "size"),
        ((FileTime) value(read, "lastModifiedTime")).toInstant(),
        ((FileTime) value(read, "ctime")).toInstant(),
        (Long) value(read, "ino"),
        (Long) value(read, "dev"),
        (Integer) value(read, "nlink"),
        (Integer) value(read, "uid"),
        (Integer) value(read, "gid"),
        (Integer) value(read, "mode") & PERMISSIONS);
  }

  private static Kind kind(Map<String, Object> read) {
    if ((Boolean) value(read, "isRegularFile")) {
      return Kind.FILE;
    }
    if ((Boolean) value(read, "isDirectory")) {
      return Kind.DIRECTORY;
    }
    return (Boolean) value(read, "isSymbolicLink") ? Kind.LINK : Kind.OTHER;
  }

  private static Object value(Map<String, Object> read, String name) {
    Object value = read.get(name);
    if (value == null) {
      throw new IllegalStateException("this Java tells no " + name + " of files");
    }
    return value;
  }

  boolean isFile() {
    return kind == Kind.FILE;
  }

  boolean isDirectory() {
    return kind == Kind.DIRECTORY;
  }

  boolean isLink() {
    return kind == Kind.LINK;
  }

  /** Whether it is the same file with the same content, as far as stat can tell. */
  boolean isUnchanged(FileInfo before) {
    return inode == before.inode
        && device == before.device
        && size == before.size
        && modified.equals(before.modified);
  }
}
