using CoreEngine.Operators;

namespace CoreEngine.Data;

/// <summary>Which part of the data an iterator reads, where several machines or processes share it.</summary>
public sealed class PartParameters
{
    /// <summary>How many parts there are.</summary>
    public int Count = 1;

    /// <summary>Which of them is read, from 0.</summary>
    public int Index;

    internal void Read(AttributeReader reader)
    {
        reader.Optional("num_parts", ref Count);
        reader.Check(Count > 0, "num_parts", Count, "1 or more");
        reader.Optional("part_index", ref Index);
        reader.Check(Index >= 0 && Index < Count, "part_index", Index, $"a number from 0, below num_parts = {Count}");
    }
}
