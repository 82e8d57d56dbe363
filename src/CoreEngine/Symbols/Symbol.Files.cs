using System.Text;
using CoreEngine.Files;
using CoreEngine.Graphs;

namespace CoreEngine;

public sealed partial class Symbol
{
    // The largest published models are some MB; whoever hands over more than this hands over something else.
    private const int MaxBytes = 256 << 20;

    /// <summary>The symbol as JSON, as MXNet 1.0.0 writes it.</summary>
    /// <exception cref="SymbolException">A node calls an operator that has no name in files.</exception>
    public string ToJson()
    {
        foreach (Node node in Graph.Nodes)
        {
            if (node.Operator is { } op && !Composition.IsRegistered(op))
            {
                throw new SymbolException(
                    ToString(),
                    $"{op.Name} '{node.Name}' cannot be written: whoever reads the file does not know this operator. "
                        + "Save the symbol that it was made from."
                );
            }
        }

        return SymbolWriter.Write(Graph);
    }

    /// <summary>Saves the symbol as JSON, as a whole or not at all.</summary>
    /// <param name="path">Where to, usually <c>model-symbol.json</c>.</param>
    /// <exception cref="FileAccessException">The file cannot be written; the message says why.</exception>
    /// <exception cref="SymbolException">A node calls an operator that has no name in files.</exception>
    public void Save(string path) => AtomicFile.Write(path, Encoding.UTF8.GetBytes(ToJson()));

    /// <summary>A symbol from JSON that MXNet 0.8 to 1.9 or <see cref="ToJson"/> wrote. The text may be hostile.</summary>
    /// <exception cref="FileFormatException">
    /// The text is no symbol, or one with operators or attributes that do not exist here; the message says where.
    /// </exception>
    public static Symbol FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return FromJson(Encoding.UTF8.GetBytes(json), "symbol JSON");
    }

    /// <summary>A symbol from JSON in UTF-8.</summary>
    /// <param name="json">The text; it may be hostile.</param>
    /// <param name="source">Where the text comes from, for messages.</param>
    /// <inheritdoc cref="FromJson(string)" path="/exception"/>
    public static Symbol FromJson(ReadOnlySpan<byte> json, string source)
    {
        SymbolDocument document = new SymbolReader(json, source).Read();
        VersionUpgrade.Apply(document);
        return document.ToSymbol();
    }

    /// <summary>Loads a symbol that MXNet 0.8 to 1.9 or <see cref="Save"/> wrote; it may be compressed by gzip.</summary>
    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    /// <inheritdoc cref="FromJson(string)" path="/exception"/>
    public static Symbol Load(string path)
    {
        byte[] json = FileStreams.Guard(
            path,
            () =>
            {
                using Stream stream = FileStreams.OpenMaybeCompressed(path);
                using var bytes = new MemoryStream();
                byte[] buffer = new byte[64 << 10];
                for (int read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
                {
                    if (bytes.Length + read > MaxBytes)
                        throw new FileFormatException(path, -1, $"a symbol has no more than {MaxBytes:N0} bytes");
                    bytes.Write(buffer, 0, read);
                }

                return bytes.ToArray();
            }
        );
        return FromJson(json, path);
    }
}
