using System.Text;

namespace CoreEngine.Abi;

/// <summary>Writes what the tests' programs in C and Python know of every function.</summary>
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

    /// <summary>For Python: the ctypes type of each result and parameter.</summary>
    public static string WritePython(IReadOnlyList<AbiFunction> functions)
    {
        var text = new StringBuilder(
            """
            # Written by tools/CoreEngine.Abi from the list of functions.
            from ctypes import (
                POINTER, c_bool, c_char_p, c_double, c_float, c_int, c_int64, c_size_t, c_ubyte, c_uint32, c_uint64, c_void_p)

            # Name: (type of the result, [(name, type) of each parameter])
            FUNCTIONS = {

            """
        );
        foreach (AbiFunction function in functions)
        {
            text.Append(
                $"    '{function.Name}': ({(function.Returns == "void" ? "None" : TypeOf(function.Returns))}, ["
            );
            foreach (AbiParameter parameter in function.Parameters)
            {
                text.Append($"\n        ('{parameter.Name}', {TypeOf(parameter.Type)}),");
            }

            text.Append(function.Parameters.Count == 0 ? "]),\n" : "\n    ]),\n");
        }

        return text.Append("}\n").ToString();
    }

    private static string TypeOf(string type)
    {
        string plain = type.Replace("const", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        string name = plain.TrimEnd('*');
        int stars = plain.Length - name.Length;
        if (name is "char" or "void" or "MXCallbackList" or "LibFeature")
            stars--;
        string text = name switch
        {
            "int" => "c_int",
            "double" => "c_double",
            "float" or "mx_float" => "c_float",
            "mx_uint" or "nn_uint" or "uint32_t" => "c_uint32",
            "int64_t" or "dim_t" => "c_int64",
            "uint64_t" => "c_uint64",
            "size_t" => "c_size_t",
            "bool" => "c_bool",
            "unsignedchar" => "c_ubyte",
            "char" => "c_char_p",
            _ => "c_void_p",
        };
        for (int i = 0; i < stars; i++)
        {
            text = $"POINTER({text})";
        }

        return text;
    }
}
