namespace CoreEngine.Abi;

/// <summary>How C types look in C#: handles and callbacks are numbers, everything else is itself.</summary>
public static class ManagedTypes
{
    /// <summary>The C# type of a C type.</summary>
    /// <exception cref="InvalidDataException">The list names a type that is not known here.</exception>
    public static string Of(string type)
    {
        string plain = type.Replace("const", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        string name = plain.TrimEnd('*');
        return Base(name) + plain[name.Length..];
    }

    private static string Base(string name) =>
        name switch
        {
            "void" or "int" or "float" or "double" => name,
            "mx_uint" or "nn_uint" or "uint32_t" => "uint",
            "mx_float" => "float",
            "int64_t" or "dim_t" => "long",
            "uint64_t" => "ulong",
            "size_t" => "nuint",
            "bool" or "char" or "unsignedchar" => "byte",
            "MXCallbackList" or "LibFeature" => name,
            "ExecutorMonitorCallback" or "PredMonitorCallback" =>
                "delegate* unmanaged[Cdecl]<byte*, nint, void*, void>",
            "MXKVStoreUpdater" => "delegate* unmanaged[Cdecl]<int, nint, nint, void*, void>",
            "MXKVStoreStrUpdater" => "delegate* unmanaged[Cdecl]<byte*, nint, nint, void*, void>",
            "MXKVStoreServerController" => "delegate* unmanaged[Cdecl]<int, byte*, void*, void>",
            "CustomOpPropCreator" => "delegate* unmanaged[Cdecl]<byte*, int, byte**, byte**, MXCallbackList*, int>",
            _ when name.EndsWith("Handle", StringComparison.Ordinal)
                    || name.EndsWith("Creator", StringComparison.Ordinal) => "nint",
            _ => throw new InvalidDataException($"The type '{name}' has no counterpart in C#."),
        };
}
