using CoreEngine.Files;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>The arrays of a file as float32, with memory that lives as long as this object.</summary>
internal sealed unsafe class FloatArrayList
{
    private readonly (NativeBuffer Name, NativeBuffer Values, Shape Shape)[] _arrays;
    private readonly ShapeBuffer _shape = new();

    /// <summary>Reads an array file.</summary>
    /// <exception cref="FileFormatException">The bytes are no array file, or damaged.</exception>
    internal FloatArrayList(Stream stream)
    {
        const string Source = "the array list";
        StoredArrayList stored = NDArrayFile.Read(stream, Source);
        IReadOnlyList<string> names = stored.Names;
        using var scope = new ArrayScope();
        using AutogradScope pause = Autograd.Pause();
        _arrays =
        [
            .. NDArray
                .FromStored(stored, Source)
                .Select((array, i) => Keep(names.Count > 0 ? names[i] : "", array.ToDense().AsType(DType.Float32))),
        ];
    }

    /// <summary>How many arrays there are.</summary>
    internal int Count => _arrays.Length;

    /// <summary>One array; its extents stay until the next one is asked for.</summary>
    internal void Get(uint index, out byte* name, out float* values, out uint* extents, out uint rank)
    {
        if (index >= _arrays.Length)
            throw new EngineException($"There is no array {index}; the list has {_arrays.Length}.");
        (NativeBuffer Name, NativeBuffer Values, Shape Shape) array = _arrays[index];
        extents = _shape.Extents<uint>(array.Shape);
        name = array.Name.Bytes(0);
        values = (float*)array.Values.Bytes(0);
        rank = (uint)array.Shape.Rank;
    }

    private static (NativeBuffer Name, NativeBuffer Values, Shape Shape) Keep(string name, NDArray array)
    {
        var text = new NativeBuffer();
        text.Text(name);
        var values = new NativeBuffer();
        values.Copy(array.AsSpan<float>());
        return (text, values, array.Shape);
    }
}
