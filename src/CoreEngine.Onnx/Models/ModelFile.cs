using CoreEngine.Files;

namespace CoreEngine.Onnx;

/// <summary>Reads whole files, which is what protobuf asks for: its messages stay below 2 GB.</summary>
internal static class ModelFile
{
    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    /// <exception cref="FileFormatException">The file is longer than a message can be.</exception>
    public static byte[] ReadAll(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            if (file.Length > Array.MaxLength)
                throw new FileFormatException(path, -1, $"{file.Length:N0} bytes are more than protobuf allows");
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
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
}
