using System.Text.Json.Serialization;

namespace CoreEngine.Abi;

/// <summary>A function of the C ABI.</summary>
/// <param name="Name">The exported name.</param>
/// <param name="Group">Which class implements it.</param>
/// <param name="Since">The version of MXNet that has it.</param>
/// <param name="Returns">The C type of its result.</param>
/// <param name="Parameters">Its parameters in order.</param>
/// <param name="About">One sentence for the header.</param>
public sealed record AbiFunction(
    string Name,
    string Group,
    string Since,
    string Returns,
    IReadOnlyList<AbiParameter> Parameters,
    string About
)
{
    /// <summary>True where 0 and -1 say whether the call succeeded: everywhere but in the error functions themselves.</summary>
    [JsonIgnore]
    public bool ReturnsStatus => Returns == "int";
}
