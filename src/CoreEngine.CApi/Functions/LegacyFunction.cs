using CoreEngine.Operators;

namespace CoreEngine.CApi;

/// <summary>A function of the time before operators: arrays read, numbers, arrays written, in this order.</summary>
internal sealed unsafe class LegacyFunction
{
    internal LegacyFunction(string name, string[] arrays, int numbers)
    {
        Name = Permanent.Text(name);
        OperatorDef definition = OperatorRegistry.Default[name];
        Operator = definition;
        Text = Permanent.Text(definition.Description);
        Reads = arrays.Length;
        Numbers = numbers;
        string[] arguments = [.. arrays, .. numbers == 1 ? ["src"] : Array.Empty<string>()];
        Count = arguments.Length;
        ArgumentNames = Permanent.Texts(arguments);
        ArgumentTypes = Permanent.Texts([.. arrays.Select(_ => "NDArray"), .. Enumerable.Repeat("real_t", numbers)]);
        ArgumentAbouts = Permanent.Texts([.. arguments.Select(argument => $"Argument {argument}.")]);
    }

    /// <summary>The operator that does it.</summary>
    internal OperatorDef Operator { get; }

    internal byte* Name { get; }

    internal byte* Text { get; }

    /// <summary>How many arrays it reads; it writes one.</summary>
    internal int Reads { get; }

    /// <summary>How many numbers it takes.</summary>
    internal int Numbers { get; }

    internal int Count { get; }

    internal byte** ArgumentNames { get; }

    internal byte** ArgumentTypes { get; }

    internal byte** ArgumentAbouts { get; }

    /// <summary>
    /// 1: arrays come before numbers; 4: the place that is written may be empty. A function that only sets numbers says neither.
    /// </summary>
    internal int TypeMask => Reads > 0 ? 1 | 4 : 0;
}
