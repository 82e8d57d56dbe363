using CoreEngine.Operators;

namespace CoreEngine.Data;

/// <summary>The element type that a batch's data is given in.</summary>
public enum BatchType
{
    /// <summary>As it comes.</summary>
    None,

    /// <summary>Half precision.</summary>
    Float16,

    /// <summary>Single precision.</summary>
    Float32,

    /// <summary>Double precision.</summary>
    Float64,

    /// <summary>32-bit integers.</summary>
    Int32,

    /// <summary>Bytes.</summary>
    UInt8,
}

/// <summary>Parameters that iterators share: how examples become batches.</summary>
public sealed class BatchParameters
{
    /// <summary>Examples in a batch.</summary>
    public uint BatchSize;

    /// <summary>Whether the last batch is filled up with examples from the beginning.</summary>
    public bool RoundBatch = true;

    /// <summary>How many batches are made ahead; with 0 they are made when they are asked for.</summary>
    public ulong PrefetchBuffer = 4;

    /// <summary>The element type of the data.</summary>
    public BatchType DType;

    private const uint Largest = 1 << 24;

    internal int Size => (int)BatchSize;

    internal int Prefetch => (int)Math.Min(PrefetchBuffer, 1024);

    internal DType? ElementType =>
        DType switch
        {
            BatchType.Float16 => CoreEngine.DType.Float16,
            BatchType.Float32 => CoreEngine.DType.Float32,
            BatchType.Float64 => CoreEngine.DType.Float64,
            BatchType.Int32 => CoreEngine.DType.Int32,
            BatchType.UInt8 => CoreEngine.DType.UInt8,
            _ => null,
        };

    internal void ReadBatch(AttributeReader reader)
    {
        reader.Required("batch_size", ref BatchSize);
        reader.Check(BatchSize is > 0 and <= Largest, "batch_size", BatchSize, $"a number from 1 to {Largest}");
        reader.Optional("round_batch", ref RoundBatch);
    }

    internal void ReadPrefetch(AttributeReader reader)
    {
        reader.Optional("prefetch_buffer", ref PrefetchBuffer);
        reader.Optional("dtype", ref DType, "None", "float16", "float32", "float64", "int32", "uint8");
    }
}
