using CoreEngine.Files;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Arrays in files and in bytes. Places without an array are kept as such.</summary>
internal static unsafe partial class NDArrayCalls
{
    internal static void MXNDArraySave(byte* fname, uint numArgs, nint* args, byte** keys)
    {
        string path = Location(fname);
        ReadOnlySpan<nint> handles = Pointers.Span(args, numArgs, nameof(args));
        string[] names = keys is null ? [] : Text.ReadAll(keys, numArgs, nameof(keys));
        var slots = new ArrayHandle[handles.Length];
        for (int i = 0; i < slots.Length; i++)
        {
            slots[i] = Handles.Slot(handles[i], $"{nameof(args)}[{i}]");
        }

        NDArrayFile.Save(path, [.. slots.Select(ToStored)], names);
        GC.KeepAlive(slots);
    }

    internal static void MXNDArrayLoad(byte* fname, uint* outSize, nint** outArr, uint* outNameSize, byte*** outNames)
    {
        string path = Location(fname);
        RequireListResults(outSize, outArr, outNameSize, outNames);
        Return(NDArrayFile.Load(path), path, outSize, outArr, outNameSize, outNames);
    }

    internal static void MXNDArrayLoadFromBuffer(
        void* ndarrayBuffer,
        nuint size,
        uint* outSize,
        nint** outArr,
        uint* outNameSize,
        byte*** outNames
    )
    {
        RequireListResults(outSize, outArr, outNameSize, outNames);
        using UnmanagedMemoryStream stream = Stream(ndarrayBuffer, size, nameof(ndarrayBuffer));
        Return(NDArrayFile.Read(stream, "the buffer"), "the buffer", outSize, outArr, outNameSize, outNames);
    }

    internal static void MXNDArraySaveRawBytes(nint handle, nuint* outSize, byte** outBuf)
    {
        Pointers.Require(outSize, nameof(outSize));
        Pointers.Require(outBuf, nameof(outBuf));
        ArrayHandle slot = Handles.Slot(handle, nameof(handle));
        using var stream = new MemoryStream();
        NDArrayFile.WriteOne(stream, ToStored(slot));
        GC.KeepAlive(slot);
        *outBuf = ReturnBuffers.Mx.Bytes(stream.GetBuffer().AsSpan(0, (int)stream.Length));
        *outSize = (nuint)stream.Length;
    }

    internal static void MXNDArrayLoadFromRawBytes(void* buf, nuint size, nint* @out)
    {
        Pointers.Require(@out, nameof(@out));
        using UnmanagedMemoryStream stream = Stream(buf, size, nameof(buf));
        const string Name = "the bytes";
        *@out = Handles.Add(FromStored(new StoredArrayList([NDArrayFile.ReadOne(stream, Name)], []), Name)[0]);
    }

    /// <summary>A path; the scheme of local files may stand before it.</summary>
    private static string Location(byte* fname)
    {
        const string Scheme = "file://";
        string name = Text.Read(fname, nameof(fname));
        return name.StartsWith(Scheme, StringComparison.Ordinal) ? name[Scheme.Length..] : name;
    }

    private static UnmanagedMemoryStream Stream(void* bytes, nuint size, string argument)
    {
        if (bytes is null || size > long.MaxValue)
            throw new EngineException(
                $"'{argument}' must be the address of {nameof(size)} bytes; it is NULL or too long."
            );
        return new UnmanagedMemoryStream((byte*)bytes, (long)size);
    }

    private static StoredArray ToStored(ArrayHandle slot) =>
        slot.Array?.ToStored() ?? new StoredArray(new StoredBlock(DType.Float32, default, default));

    private static ArrayHandle[] FromStored(StoredArrayList stored, string file)
    {
        var filled = new StoredArrayList([.. stored.Arrays.Where(array => !array.IsEmpty)], []);
        using IEnumerator<NDArray> arrays = NDArray.FromStored(filled, file).GetEnumerator();
        var slots = new ArrayHandle[stored.Arrays.Count];
        for (int i = 0; i < slots.Length; i++)
        {
            slots[i] = new ArrayHandle(!stored.Arrays[i].IsEmpty && arrays.MoveNext() ? arrays.Current : null);
        }

        return slots;
    }

    private static void RequireListResults(uint* outSize, nint** outArr, uint* outNameSize, byte*** outNames)
    {
        Pointers.Require(outSize, nameof(outSize));
        Pointers.Require(outArr, nameof(outArr));
        Pointers.Require(outNameSize, nameof(outNameSize));
        Pointers.Require(outNames, nameof(outNames));
    }

    private static void Return(
        StoredArrayList stored,
        string file,
        uint* outSize,
        nint** outArr,
        uint* outNameSize,
        byte*** outNames
    )
    {
        byte** names = ReturnBuffers.Mx.Texts(stored.Names);
        ArrayHandle[] slots = FromStored(stored, file);
        *outArr = ReturnBuffers.Mx.Handles(Array.ConvertAll(slots, Handles.Add));
        *outSize = (uint)slots.Length;
        *outNames = names;
        *outNameSize = (uint)stored.Names.Count;
    }
}
