namespace CoreEngine.Operators;

/// <summary>Parameters of other things than operators, read and described in the same way.</summary>
public static class ParameterTexts
{
    /// <summary>Fills parameters from texts; of keys that they do not have, nothing is said.</summary>
    /// <param name="owner">What has the parameters, for errors.</param>
    /// <param name="parameters">Takes the values; its present ones are the defaults.</param>
    /// <param name="texts">A text for each key.</param>
    /// <exception cref="AttributeException">A parameter is missing or malformed.</exception>
    public static void Read(string owner, IParameters parameters, IReadOnlyDictionary<string, string> texts)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        parameters.Read(new AttributeParser(owner, texts));
    }

    /// <summary>The parameters in the order in which they are declared, in the notation of MXNet's code generators.</summary>
    public static IReadOnlyList<ParameterInfo> Describe(IParameters parameters) =>
        AttributeDescriber.Describe(parameters);
}
