using System.IO.Compression;

namespace CoreEngine.Files;

/// <summary>Opens files for the readers, with errors that say what to do.</summary>
internal static class FileStreams
{
    private const int BufferBytes = 64 << 10;

    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    public static FileStream Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileAccessException(path, $"There is no file {path}; check the name and the folder.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FileAccessException(path, $"{path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Opens a file and unpacks it if it begins as gzip does, whatever its name.</summary>
    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    public static Stream OpenMaybeCompressed(string path) => Unpack(Open(path));

    /// <summary>Unpacks a stream if it begins as gzip does; one that cannot seek is taken as it is.</summary>
    public static Stream Unpack(Stream stream)
    {
        if (!stream.CanSeek)
        {
            return stream;
        }

        long start = stream.Position;
        bool compressed = stream.ReadByte() == 0x1F && stream.ReadByte() == 0x8B;
        stream.Position = start;
        return compressed
            ? new BufferedStream(new GZipStream(stream, CompressionMode.Decompress), BufferBytes)
            : stream;
    }

    /// <summary>Runs a reader and turns the system's errors into ours.</summary>
    public static T Guard<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException error)
        {
            throw new FileFormatException(file, -1, $"the compressed data is damaged ({error.Message})", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FileAccessException(file, $"{file} cannot be read: {error.Message}", error);
        }
    }
}
