namespace CoreEngine.Operators;

/// <summary>What an operator shall do with one of its outputs. The numbers are those of MXNet's C ABI.</summary>
public enum Request
{
    /// <summary>Nobody wants this output: leave its memory alone.</summary>
    Null = 0,

    /// <summary>Overwrite the output.</summary>
    Write = 1,

    /// <summary>Overwrite the output, which shares its memory with an input, or keeps what the call does not write.</summary>
    WriteInplace = 2,

    /// <summary>Add to what the output holds.</summary>
    Add = 3,
}
