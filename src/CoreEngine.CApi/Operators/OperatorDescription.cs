using CoreEngine.Operators;

namespace CoreEngine.CApi;

/// <summary>What code generators read of an operator; all of it stays for as long as the process lives.</summary>
internal sealed unsafe class OperatorDescription
{
    internal OperatorDescription(OperatorDef definition)
    {
        IReadOnlyList<ParameterInfo> parameters = definition.Parameters;
        // How many inputs an operator of the user's has is known only when it is called.
        bool isVariadic = definition.VariadicCount.Length > 0 || definition.RunsUserCode;
        string[] inputs = definition.DescribedInputs;
        string inputType = isVariadic ? "NDArray-or-Symbol[]" : "NDArray-or-Symbol";
        Name = Permanent.Text(definition.Name);
        Text = Permanent.Text(definition.Description);
        VariadicCount = Permanent.Text(definition.VariadicCount);
        Count = (uint)(inputs.Length + parameters.Count);
        Names = Permanent.Texts([.. inputs, .. parameters.Select(p => p.Name)]);
        Types = Permanent.Texts([.. inputs.Select(_ => inputType), .. parameters.Select(p => p.TypeText)]);
        Abouts = Permanent.Texts([
            .. inputs.Select(name => $"Input {name}."),
            .. parameters.Select(p => $"Parameter {p.Name}."),
        ]);
    }

    internal byte* Name { get; }

    internal byte* Text { get; }

    internal byte* VariadicCount { get; }

    internal uint Count { get; }

    internal byte** Names { get; }

    internal byte** Types { get; }

    internal byte** Abouts { get; }
}
