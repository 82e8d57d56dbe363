using System.Text;

namespace CoreEngine.Abi;

/// <summary>Writes what the tests' program in C knows of every function.</summary>
public static class ClientTableWriter
{
    /// <summary>For C: a call of each function with zeros, as many as it has parameters.</summary>
    public static string WriteZeroArguments(IReadOnlyList<AbiFunction> functions)
    {
        var text = new StringBuilder("/* Written by tools/CoreEngine.Abi from the list of functions. */\n");
        foreach (AbiFunction function in functions.Where(f => f.ReturnsStatus))
        {
            string[] arguments = [function.Name, .. function.Parameters.Select(_ => "0")];
            text.Append($"COREENGINE_CALL({string.Join(", ", arguments)})\n");
        }

        return text.ToString();
    }
}
