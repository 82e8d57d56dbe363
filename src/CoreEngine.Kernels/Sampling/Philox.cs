using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>
/// The counter-based random generator Philox4x32-10: each element of an array has a generator of its own, found from its
/// index, so that threads need no shared state and results do not depend on their number.
/// </summary>
/// <remarks>Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3 (SC 2011).</remarks>
public unsafe struct Philox
{
    internal const uint Multiplier0 = 0xD2511F53;
    internal const uint Multiplier1 = 0xCD9E8D57;
    internal const uint Weyl0 = 0x9E3779B9;
    internal const uint Weyl1 = 0xBB67AE85;

    private readonly ulong _seed;
    private readonly ulong _stream;
    private readonly ulong _index;

    // The words of the first blocks, where somebody computed those of many elements at once.
    private readonly uint* _ready;
    private readonly uint _readyBlocks;
    private uint _block;
    private int _used;
    private uint _word0;
    private uint _word1;
    private uint _word2;
    private uint _word3;

    /// <summary>The generator of one element.</summary>
    /// <param name="seed">Chosen by the user.</param>
    /// <param name="stream">Different for every call that draws numbers.</param>
    /// <param name="index">The element's index.</param>
    public Philox(ulong seed, ulong stream, ulong index)
    {
        _seed = seed;
        _stream = stream;
        _index = index;
        _used = 4;
    }

    /// <summary>The generator of one element, some of whose first blocks of words are there already.</summary>
    internal Philox(ulong seed, ulong stream, ulong index, uint* ready, uint readyBlocks)
        : this(seed, stream, index)
    {
        _ready = ready;
        _readyBlocks = readyBlocks;
    }

    /// <summary>The four random words of a counter and a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (uint Word0, uint Word1, uint Word2, uint Word3) Words(
        (uint Word0, uint Word1, uint Word2, uint Word3) counter,
        ulong key
    )
    {
        (uint c0, uint c1, uint c2, uint c3) = counter;
        uint k0 = (uint)key;
        uint k1 = (uint)(key >> 32);
        for (int round = 0; round < 10; round++)
        {
            ulong product0 = (ulong)Multiplier0 * c0;
            ulong product1 = (ulong)Multiplier1 * c2;
            c0 = (uint)(product1 >> 32) ^ c1 ^ k0;
            c1 = (uint)product1;
            c2 = (uint)(product0 >> 32) ^ c3 ^ k1;
            c3 = (uint)product0;
            k0 += Weyl0;
            k1 += Weyl1;
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>The words of one block of one index of a stream.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (uint Word0, uint Word1, uint Word2, uint Word3) Words(
        ulong seed,
        ulong stream,
        ulong index,
        uint block
    ) => Words((block, (uint)index, (uint)(index >> 32), (uint)stream), seed ^ (stream & 0xFFFFFFFF00000000));

    /// <summary>32 random bits.</summary>
    public uint NextUInt32()
    {
        if (_used == 4)
            NextBlock();
        return _used++ switch
        {
            0 => _word0,
            1 => _word1,
            2 => _word2,
            _ => _word3,
        };
    }

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64()
    {
        if (_used == 4)
            NextBlock();
        if (_used == 0)
        {
            _used = 2;
            return ((ulong)_word1 << 32) | _word0;
        }

        if (_used == 2)
        {
            _used = 4;
            return ((ulong)_word3 << 32) | _word2;
        }

        ulong low = NextUInt32();
        ulong high = NextUInt32();
        return (high << 32) | low;
    }

    /// <summary>A number from 0 up to, not including, 1, with 53 random bits.</summary>
    public double NextDouble() => ToDouble(NextUInt64());

    private void NextBlock()
    {
        if (_block < _readyBlocks)
        {
            uint* words = _ready + (4 * _block++);
            (_word0, _word1, _word2, _word3) = (words[0], words[1], words[2], words[3]);
        }
        else
        {
            (_word0, _word1, _word2, _word3) = Words(_seed, _stream, _index, _block++);
        }

        _used = 0;
    }

    /// <summary>A normally distributed number of mean 0 and deviation 1.</summary>
    public double NextNormal() => Ziggurat.Next(ref this);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float ToSingle(uint bits) => (bits >> 8) * (1f / (1 << 24));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double ToDouble(ulong bits) => (bits >> 11) * (1.0 / (1L << 53));
}
