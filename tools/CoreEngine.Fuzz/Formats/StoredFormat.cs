using CoreEngine.Files;
using CoreEngine.Runtime;

namespace CoreEngine.Fuzz;

/// <summary>Formats of arrays with a writer of their own: what was accepted must come back when it is written.</summary>
internal abstract class StoredFormat : FuzzFormat
{
    /// <inheritdoc/>
    public override object Read(byte[] input, StoragePool pool)
    {
        using var stream = new MemoryStream(input, writable: false);
        return Read(stream, pool);
    }

    /// <inheritdoc/>
    public override void CheckAccepted(object value, StoragePool pool)
    {
        var list = (StoredArrayList)value;
        using MemoryStream first = Written(list);
        first.Position = 0;
        using StoredArrayList back = Read(first, pool);
        using MemoryStream second = Written(back);
        RequireSame(first.ToArray(), second.ToArray());
    }

    /// <summary>Reads a file.</summary>
    protected abstract StoredArrayList Read(Stream stream, StoragePool pool);

    /// <summary>Writes what was read.</summary>
    protected abstract void Write(Stream stream, StoredArrayList list);

    /// <summary>The bytes of a valid file.</summary>
    protected byte[] Valid(StoredArrayList list)
    {
        using MemoryStream stream = Written(list);
        return stream.ToArray();
    }

    private MemoryStream Written(StoredArrayList list)
    {
        var stream = new MemoryStream();
        Write(stream, list);
        return stream;
    }
}
