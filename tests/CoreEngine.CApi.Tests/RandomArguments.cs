using System.Runtime.InteropServices;
using CoreEngine.Abi;

namespace CoreEngine.CApi.Tests;

/// <summary>
/// Arguments for any exported function: handles that live, are stale, of another kind, made up or NULL; pointers that are
/// NULL or lead to memory that is really there; small, negative and absurd numbers.
/// </summary>
/// <remarks>
/// C cannot check that a pointer leads somewhere, so the pointers here always do, with room for more elements than any count
/// that is not absurd.
/// </remarks>
internal sealed unsafe class RandomArguments(Random random, Arena arena)
{
    private const int Elements = 64;

    private static readonly string[] s_texts =
    [
        "",
        "x",
        "data",
        "weight",
        "relu",
        "FullyConnected",
        "Activation",
        "BatchNorm",
        "act_type",
        "num_hidden",
        "4",
        "(2,2)",
        "((",
        "None",
        "float32",
        "local",
        "device",
        "dist_sync",
        "write",
        "cpu(0)",
        "1e-5",
        "\u00e9\u4e2d",
        "{\"nodes\":[{\"op\":\"null\",\"name\":\"x\",\"inputs\":[]}],\"arg_nodes\":[0],\"heads\":[[0,0,0]]}",
        "{\"nodes\":[",
        "__shape__",
        "__lr_mult__",
        "no/such/folder/file",
        new('a', 3000),
    ];

    private static readonly long[] s_numbers =
    [
        0,
        0,
        0,
        1,
        1,
        1,
        2,
        2,
        3,
        4,
        5,
        7,
        63,
        -1,
        -2,
        int.MaxValue,
        int.MinValue,
        uint.MaxValue,
        long.MaxValue,
        long.MinValue,
    ];

    private static readonly int[] s_extents = [0, 1, 1, 2, 2, 3, 4, 5];

    private readonly List<nint> _live = [];
    private readonly List<nint> _stale = [];

    /// <summary>Handles that live; calls add to them.</summary>
    public IReadOnlyList<nint> Live => _live;

    /// <summary>Notes a handle that a call gave.</summary>
    public void Born(nint handle)
    {
        if (_live.Count < 400)
            _live.Add(handle);
    }

    /// <summary>Notes a handle that a call ended.</summary>
    public void Died(nint handle)
    {
        if (_live.Remove(handle))
            _stale.Add(handle);
    }

    /// <summary>A value for a parameter.</summary>
    public nint For(AbiFunction function, AbiParameter parameter)
    {
        string plain = parameter
            .Type.Replace("const", "", StringComparison.Ordinal)
            .Replace(" ", "", StringComparison.Ordinal);
        string name = plain.TrimEnd('*');
        int stars = plain.Length - name.Length;
        bool isHandle =
            name.EndsWith("Handle", StringComparison.Ordinal) || name is "AtomicSymbolCreator" or "DataIterCreator";
        return (name, stars) switch
        {
            // A pointer of another library's making; there is nothing to check it by.
            ("DLManagedTensorHandle", 0) => 0,
            ("MXCallbackList", _) => OrNull(() => CallbackList(random)),
            ("CustomOpPropCreator" or "MXKVStoreServerController", _) => OrNull(() => Callback),
            _ when name.EndsWith("Callback", StringComparison.Ordinal)
                    || name.EndsWith("Updater", StringComparison.Ordinal) => OrNull(() => Callback),
            _ when isHandle && stars == 0 => Handle(),
            _ when isHandle && stars == 1 => OrNull(() => Fill(Handle)),
            _ when isHandle => OrNull(() => arena.Copy(random.Next(3) == 0 ? Fill(Handle) : 0)),
            ("char", 1) => OrNull(Text),
            ("char", 2) => OrNull(() => Fill(() => OrNull(Text))),
            ("char", 3) => OrNull(() => arena.Copy<nint>(0)),
            ("void", 2) => OrNull(() => Fill(() => 0)),
            ("void" or "mx_float" or "unsignedchar", 1) => OrNull(() => (nint)arena.Room<byte>(Elements * 64)),
            (_, 0) when IsLengthOfBytes(function, parameter) => random.Next(Elements * 64),
            (_, 0) => (nint)s_numbers[random.Next(s_numbers.Length)],
            (_, 1) => OrNull(Extents),
            _ => OrNull(() => Fill(() => 0)),
        };
    }

    // How much there is to read behind a pointer: the caller's word is all there is, so it is kept.
    private static bool IsLengthOfBytes(AbiFunction function, AbiParameter parameter) =>
        parameter.Name is "size" or "param_size" or "nd_file_size" or "len"
        && function.Group is "ndarray" or "predict" or "recordio" or "vision";

    private static nint Callback => (nint)(delegate* unmanaged[Cdecl]<nint>)&Answer;

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static nint Answer() => 0;

    private nint OrNull(Func<nint> value) => random.Next(10) == 0 ? 0 : value();

    private nint Fill(Func<nint> element)
    {
        nint* room = arena.Room<nint>(Elements);
        for (int i = 0; i < Elements; i++)
        {
            room[i] = element();
        }

        return (nint)room;
    }

    private nint Handle() =>
        random.Next(16) switch
        {
            0 => 0,
            1 => (nint)random.NextInt64(long.MinValue, long.MaxValue),
            2 => random.Next(100),
            3 when _stale.Count > 0 => _stale[random.Next(_stale.Count)],
            4 when _live.Count > 0 => _live[random.Next(_live.Count)] ^ (nint)(1L << random.Next(64)),
            _ => _live.Count == 0 ? 0 : _live[random.Next(_live.Count)],
        };

    private nint Text() =>
        random.Next(20) == 0 ? arena.Copy<byte>(0xC3, 0x28, 0xFF, 0) : arena.Text(s_texts[random.Next(s_texts.Length)]);

    // Extents, types, offsets: small, so that no array gets large; as 32-bit or 64-bit numbers, whichever the function reads.
    private nint Extents()
    {
        int* room = arena.Room<int>(Elements * 2);
        bool wide = random.Next(2) == 0;
        bool rising = random.Next(2) == 0;
        for (int i = 0; i < Elements; i++)
        {
            room[wide ? i * 2 : i] = rising ? i * 2 : s_extents[random.Next(s_extents.Length)];
        }

        return (nint)room;
    }

    // The library may call these functions until it has called the one that says that it will not any more.
    private static nint CallbackList(Random random)
    {
        var functions = (nint*)NativeMemory.AllocZeroed(Elements, (nuint)sizeof(nint));
        var contexts = (nint*)NativeMemory.AllocZeroed(Elements, (nuint)sizeof(nint));
        new Span<nint>(functions, Elements).Fill(Callback);
        var list = (MXCallbackList*)NativeMemory.AllocZeroed((nuint)sizeof(MXCallbackList));
        list->Count = random.Next(-1, 9);
        list->Callbacks = (void**)functions;
        list->Contexts = (void**)contexts;
        return (nint)list;
    }
}
