using System.Runtime.InteropServices;

namespace CoreEngine.Files;

/// <summary>
/// Writes a file as a whole or not at all: the bytes go into a temporary file in the same folder, are forced to the
/// disk, and then take the file's name in one step. Whatever fails on the way, the previous file stays as it was.
/// </summary>
public static partial class AtomicFile
{
    private const int BufferBytes = 64 << 10;

    /// <summary>Writes a file by a callback.</summary>
    /// <param name="path">
    /// Where to. A link is followed, permissions of an existing file are kept; devices under /dev and files under /proc
    /// are written to directly.
    /// </param>
    /// <param name="write">Writes the contents. Its errors leave the previous file untouched and pass through.</param>
    /// <exception cref="FileAccessException">The file cannot be written; the message says why.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        try
        {
            var file = new FileInfo(path);
            string target = file.LinkTarget is null
                ? file.FullName
                : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
            if (IsSpecial(target))
            {
                using FileStream stream = new(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
                write(stream);
            }
            else
            {
                Replace(target, write);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FileAccessException(
                path,
                $"{path} could not be written: {error.Message} What was there before is unchanged; free some space or "
                    + "choose another place, and save again.",
                error
            );
        }
    }

    /// <summary>Writes a file from bytes.</summary>
    /// <exception cref="FileAccessException">The file cannot be written; the message says why.</exception>
    public static void Write(string path, ReadOnlyMemory<byte> contents) =>
        Write(path, stream => stream.Write(contents.Span));

    private static void Replace(string target, Action<Stream> write)
    {
        string folder = Path.GetDirectoryName(target)!;
        string temporary = Path.Combine(folder, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}");
        try
        {
            using (
                FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes)
            )
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            if (!OperatingSystem.IsWindows() && File.Exists(target))
            {
                File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            DeleteQuietly(temporary);
            throw;
        }

        if (OperatingSystem.IsLinux())
        {
            FlushFolder(folder);
        }
    }

    /// <summary>True for devices, which a rename would replace by an ordinary file.</summary>
    private static bool IsSpecial(string path) =>
        OperatingSystem.IsLinux()
        && (path.StartsWith("/dev/", StringComparison.Ordinal) || path.StartsWith("/proc/", StringComparison.Ordinal))
        && !path.StartsWith("/dev/shm/", StringComparison.Ordinal);

    private static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The first error is the one to report; this one follows from it.
        }
    }

    /// <summary>Makes the new name survive a power cut. Not every file system can; the contents are safe either way.</summary>
    private static void FlushFolder(string folder)
    {
        int handle = OpenFile(folder, flags: 0);
        if (handle >= 0)
        {
            _ = Flush(handle);
            _ = CloseFile(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Flush(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseFile(int handle);
}
